# netfit_module(<folder> DEPENDS <modules...> [LIBRARIES <third-party targets...>])
#
# Builds src/<folder> as the static library netfit_<folder>. Files are sorted by suffix, so adding one edits no list:
#   *_test.cc   -> the executable <folder>_test, each case registered with CTest
#   *_fuzz.cc   -> one libFuzzer executable each (only with NETFIT_FUZZ)
#   main.cc     -> left to the folder's own CMakeLists.txt
#   other *.cc  -> the library
# Files named after ABSENT stand in for ones that need a library in the preset train, where WITHOUT names those that are
# left out; elsewhere the stand-ins are.
# Which folders a folder may include is checked by tools/check_layers against cmake/layers.txt.

# GoogleTest's macros hold an if of their own, hence no-dangling-else. Designated initializers that leave fields at their defaults are our style, hence no-missing-field-initializers.
set(NETFIT_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wno-missing-field-initializers -Wno-dangling-else)
# The preset train is built by whatever compiler a GPU machine has, whose warnings we have not seen.
if(NOT NETFIT_ONLY_TRAINING)
  list(APPEND NETFIT_WARNINGS -Werror)
endif()

# Our compile options; third-party headers are system headers and stay out of them.
function(netfit_target target)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  # Contracting a*b+c to a fused multiply-add would make float results depend on the compiler's mood.
  target_compile_options(${target} PRIVATE ${NETFIT_WARNINGS} -ffp-contract=off)
  if(NETFIT_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
  if(NETFIT_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

function(netfit_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;ABSENT;WITHOUT" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(fuzzers ${all})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|/main)\\.cc$")

  if(NETFIT_ONLY_TRAINING)
    set(tests "")
    set(left_out ${ARG_WITHOUT})
  else()
    set(left_out ${ARG_ABSENT})
  endif()
  foreach(file ${left_out})
    list(FILTER sources EXCLUDE REGEX "/${file}$")
  endforeach()

  set(modules ${ARG_DEPENDS})
  list(TRANSFORM modules PREPEND netfit_)
  add_library(netfit_${name} STATIC ${sources})
  netfit_target(netfit_${name})
  target_link_libraries(netfit_${name} PUBLIC ${modules} PRIVATE fmt::fmt ${ARG_LIBRARIES})

  if(tests)
    add_executable(${name}_test ${tests})
    netfit_target(${name}_test)
    target_link_libraries(${name}_test PRIVATE netfit_${name} netfit_test_support fmt::fmt GTest::gtest GTest::gtest_main)
    netfit_discover_tests(${name}_test ${name}/)
  endif()

  if(NETFIT_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(fuzzer_name ${fuzzer} NAME_WE)
      add_executable(${fuzzer_name} ${fuzzer})
      netfit_target(${fuzzer_name})
      target_link_libraries(${fuzzer_name} PRIVATE netfit_${name})
      target_link_options(${fuzzer_name} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()

# Registers each case of a GoogleTest program under <prefix>. Cases whose suite is named WholeNetwork* take many
# seconds and carry that label; Nightly* run only in the nightly preset. Tests run beside others: threads of libtorch that
# loop while they wait would hold them up.
function(netfit_discover_tests target prefix)
  include(GoogleTest)
  set(environment ENVIRONMENT GOMP_SPINCOUNT=1000)
  gtest_discover_tests(${target} TEST_PREFIX ${prefix} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    TEST_FILTER "-WholeNetwork*:Nightly*" PROPERTIES TIMEOUT 300 ${environment})
  gtest_discover_tests(${target} TEST_PREFIX ${prefix} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    TEST_FILTER "WholeNetwork*" TEST_LIST ${target}_whole PROPERTIES TIMEOUT 1200 LABELS whole-network ${environment})
  gtest_discover_tests(${target} TEST_PREFIX ${prefix} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    TEST_FILTER "Nightly*" TEST_LIST ${target}_nightly PROPERTIES TIMEOUT 3600 LABELS nightly ${environment})
endfunction()
