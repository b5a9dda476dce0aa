// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Names come from files of strangers. Everything that a writer takes from a Run goes through one of these.
namespace netfit::report {

/// For people: what is no UTF-8 becomes \xNN, control and direction-changing characters \uNNNN, and what is longer than
/// `most` characters is cut in the middle.
std::string shown(std::string_view text, std::size_t most = 64);

/// As content or quoted attribute of HTML or XML; `text` is UTF-8 already, as `shown` gives it.
std::string markup(std::string_view text);

/// A field of CSV, quoted where it must be. What a spreadsheet would run as a formula gets a ' in front.
std::string csv_field(std::string_view text);

/// JSON as the content of a <script> element: no character that could end it.
std::string inside_script(std::string_view json);

}  // namespace netfit::report
