# netfit_embed(<target> <function> <header> <pattern>): gives the target a source with the text of all files that match
# the pattern (relative to the root), as the netfit::device::EmbeddedFile of `function`, which `header` declares.
function(netfit_embed target function header pattern)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${pattern})
  set(entries "")
  foreach(file ${files})
    file(READ ${CMAKE_SOURCE_DIR}/${file} text)
    string(APPEND entries "    {\"${file}\", R\"toml(${text})toml\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [=[
#include "@header@"

namespace netfit::device {
namespace {

constexpr EmbeddedFile kFiles[] = {
@entries@};

}  // namespace

std::span<const EmbeddedFile> @function@() { return kFiles; }

}  // namespace netfit::device
]=])
  target_sources(${target} PRIVATE ${source})
endfunction()
