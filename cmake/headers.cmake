# The preset train needs header-only libraries alone. They are the system's, or those that tools/pack_headers has put
# into the folder NETFIT_HEADERS, which travels to a machine that has none.
set(NETFIT_HEADERS "" CACHE PATH "a folder with CLI11, fmt, nlohmann json, tl::expected, toml++ and xxHash")
find_package(Threads REQUIRED)
if(NETFIT_HEADERS)
  include_directories(SYSTEM ${NETFIT_HEADERS})
endif()
add_library(fmt::fmt INTERFACE IMPORTED)
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY)
