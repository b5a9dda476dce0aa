// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <utility>

namespace netfit::base {

Error&& Error::at(std::string_view where) && {
  for (Fault& fault : faults_) {
    if (fault.where.empty()) fault.where = where;
  }
  return std::move(*this);
}

Error&& Error::note(std::string note) && {
  notes_.push_back(std::move(note));
  return std::move(*this);
}

Error&& Error::hint(std::string hint) && {
  hints_.push_back(std::move(hint));
  return std::move(*this);
}

std::string Error::text() const {
  std::string text;
  const auto line = [&text](std::string_view lead, std::string_view body) {
    if (!text.empty()) text += '\n';
    text.append(lead).append(body);
  };
  for (const Fault& fault : faults_) line(fault.where.empty() ? "" : fault.where + ": ", "error: " + fault.what);
  for (const std::string& note : notes_) line("  note: ", note);
  for (const std::string& hint : hints_) line("  hint: ", hint);
  return text;
}

}  // namespace netfit::base
