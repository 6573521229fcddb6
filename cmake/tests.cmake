# The tests: one program per folder of tests/, one ctest per X_test.cc in it, one per golden run in tests/cli.
#
# A test that lacks a tool of the machine (rustc, a wasm libc) prints `SKIP: ...` and leaves with 77;
# with CI set, the same is a failure.

set(UMIAK_TEST_TIMEOUT 300)
find_package(Python3 COMPONENTS Interpreter QUIET)

# umiak_unit_tests(NAME LINK lib...): tests/NAME/*_test.cc with tests/main.cc.
function(umiak_unit_tests name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*_test.cc)
  file(GLOB helpers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cc)
  if(NOT sources)
    return()
  endif()
  set(target ${name}_tests)
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/main.cc ${helpers} ${sources})
  target_link_libraries(${target} PRIVATE ${arg_LINK} umiak_program umiak_deps::doctest)
  target_compile_definitions(${target} PRIVATE
    UMIAK_SOURCE_DIR="${PROJECT_SOURCE_DIR}" DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  foreach(source ${sources})
    cmake_path(GET source STEM stem)
    string(REGEX REPLACE "_test$" "" stem ${stem})
    add_test(NAME ${name}/${stem}
      COMMAND ${target} --source-file=*/${name}/${stem}_test.cc
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name}/${stem} PROPERTIES LABELS unit TIMEOUT ${UMIAK_TEST_TIMEOUT} SKIP_RETURN_CODE 77)
  endforeach()
endfunction()

umiak_unit_tests(loader LINK umiak_text)
umiak_unit_tests(text LINK umiak_text)
umiak_unit_tests(vm LINK umiak_vm umiak_text umiak_vm_private)
umiak_unit_tests(wasi LINK umiak_wasi umiak_text)
umiak_unit_tests(api LINK umiak_wasi umiak_text)
