# The tests: one program per folder of tests/, one ctest per X_test.cc in it, one per golden run in tests/cli, and
# what spec-tests/tests.cmake, examples/tests.cmake and tests/guests/tests.cmake add.
#
# A test that lacks a tool of the machine (rustc, a wasm libc) prints one line `SKIP: WHAT: COMMAND TO GET IT` and
# leaves with 77; with CI=true it fails instead.
#
# Every test carries the name of its build as a label, and its kind: unit, cli, spec, guest, house.

set(umiak_test_prefix "")
if(UMIAK_PRESET AND NOT UMIAK_PRESET STREQUAL "release")
  set(umiak_test_prefix "${UMIAK_PRESET}:")
endif()

# umiak_test(NAME KIND TIMEOUT COMMAND...): run in the root of the repository.
function(umiak_test name kind timeout)
  set(test ${umiak_test_prefix}${name})
  add_test(NAME ${test} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${test} PROPERTIES
    LABELS "${kind};${UMIAK_PRESET}" TIMEOUT ${timeout} SKIP_RETURN_CODE 77)
  if(UMIAK_SANITIZE)
    set(symbolizer "")
    if(UMIAK_SYMBOLIZER)
      set(symbolizer "external_symbolizer_path=${UMIAK_SYMBOLIZER}")
    endif()
    set_tests_properties(${test} PROPERTIES ENVIRONMENT
      "ASAN_OPTIONS=${symbolizer};UBSAN_OPTIONS=print_stacktrace=1:${symbolizer};TSAN_OPTIONS=${symbolizer}")
  endif()
endfunction()

# umiak_unit_tests(NAME LINK lib...): tests/NAME/*_test.cc with tests/main.cc, one program.
function(umiak_unit_tests name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  umiak_sources(sources tests/${name})
  umiak_sources(helpers tests/support)
  list(FILTER sources INCLUDE REGEX "_test\\.cc$")
  if(NOT sources)
    return()
  endif()
  set(target ${name}_tests)
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/main.cc ${helpers} ${sources})
  target_link_libraries(${target} PRIVATE ${arg_LINK} umiak_program umiak_deps::doctest)
  target_compile_definitions(${target} PRIVATE UMIAK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  foreach(source ${sources})
    cmake_path(GET source FILENAME file)
    string(REGEX REPLACE "_test\\.cc$" "" stem ${file})
    umiak_test(${name}/${stem} unit 300 ${target} --source-file=*/${name}/${file})
  endforeach()
endfunction()

umiak_unit_tests(loader LINK umiak_text)
umiak_unit_tests(text LINK umiak_text)
umiak_unit_tests(vm LINK umiak_vm umiak_text umiak_vm_private)
umiak_unit_tests(wasi LINK umiak_wasi umiak_text)
umiak_unit_tests(api LINK umiak_wasi umiak_text)
# Where ulimit -v leaves little, memories make do with less (under the emulator all tests run so).
find_program(UMIAK_PRLIMIT prlimit)
mark_as_advanced(UMIAK_PRLIMIT)
if(UMIAK_PRLIMIT AND NOT UMIAK_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  umiak_test(vm/memory_with_a_limit unit 120
    ${UMIAK_PRLIMIT} --as=68719476736 $<TARGET_FILE:vm_tests> "--test-case=as many checked memories*")
endif()
# The tools are a program, no library: what is tested of them is compiled again.
umiak_unit_tests(tools LINK umiak_wasi)
target_sources(tools_tests PRIVATE
  ${PROJECT_SOURCE_DIR}/tools/mounts.cc ${PROJECT_SOURCE_DIR}/tools/landlock.cc ${PROJECT_SOURCE_DIR}/tools/args.cc
  ${PROJECT_SOURCE_DIR}/tools/suggest.cc ${PROJECT_SOURCE_DIR}/tools/other_runtimes.cc
  ${PROJECT_SOURCE_DIR}/tools/demangle.cc ${PROJECT_SOURCE_DIR}/tools/demangle_rust.cc
  ${PROJECT_SOURCE_DIR}/tools/backtrace.cc)

if(Python3_FOUND AND TARGET umiak)
  list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " emulator)
  if(emulator)
    file(WRITE ${PROJECT_BINARY_DIR}/emulator "${emulator}")  # for benchmarks/suite/differential.py
  endif()
  file(GLOB cases CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/cli/*.txt)
  if(CMAKE_CROSSCOMPILING)
    list(FILTER cases EXCLUDE REGEX "/landlock\\.txt$")  # qemu-user has none
  endif()
  if(NOT "${UMIAK_INT_REGISTERS} ${UMIAK_VECTOR_REGISTERS}" STREQUAL "4 4")
    list(FILTER cases EXCLUDE REGEX "/listings\\.txt$")  # of the fast build
  endif()
  foreach(case ${cases})
    cmake_path(GET case STEM stem)
    umiak_test(cli/${stem} cli 120
      ${Python3_EXECUTABLE} tests/cli/run.py --bin $<TARGET_FILE_DIR:umiak> "--emulator=${emulator}" ${case})
  endforeach()
  # The same of all of them without the kernel's wall around the process, and with our own walk of paths.
  if(NOT CMAKE_CROSSCOMPILING)
    list(FILTER cases EXCLUDE REGEX "/landlock\\.txt$")
    foreach(what landlock openat2)
      umiak_test(cli/without_${what} cli 300 ${Python3_EXECUTABLE} tests/support/without.py ${what}
        ${Python3_EXECUTABLE} tests/cli/run.py --bin $<TARGET_FILE_DIR:umiak> ${cases})
    endforeach()
    umiak_test(wasi/without_openat2 unit 300 ${Python3_EXECUTABLE} tests/support/without.py openat2
      $<TARGET_FILE:wasi_tests>)
  endif()
endif()

# Rules of the tree itself: they hold or not in every build alike.
if(Python3_FOUND)
  umiak_test(house/layering house 60 ${Python3_EXECUTABLE} .ci/check_layering.py)
  umiak_test(house/sizes house 60 ${Python3_EXECUTABLE} .ci/check_sizes.py)
  umiak_test(house/benchmarks house 120 ${Python3_EXECUTABLE} tests/bench/suite_test.py)
  umiak_test(house/differential house 120 ${Python3_EXECUTABLE} tests/bench/differential_test.py)
  umiak_test(house/wasi_tests house 60 ${Python3_EXECUTABLE} tests/wasi/check_table.py)
endif()

# What is installed can be used. (An abseil that was fetched is not installed with it.)
if(UMIAK_PRESET STREQUAL "release" AND TARGET umiak AND absl_FOUND AND NOT CMAKE_CROSSCOMPILING)
  umiak_test(house/install house 120 tests/install/run.sh ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER}
    ${Python3_EXECUTABLE} ${UMIAK_CXXFILT})
endif()

# What compilers make of the hot handlers, in the build that is measured.
find_program(UMIAK_OBJDUMP objdump)
mark_as_advanced(UMIAK_OBJDUMP)
if(Python3_FOUND AND UMIAK_OBJDUMP AND UMIAK_CLANG AND UMIAK_PRESET STREQUAL "release" AND TARGET umiak
   AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  umiak_test(house/handlers_asm house 300
    ${Python3_EXECUTABLE} .ci/check_handlers_asm.py ${UMIAK_OBJDUMP} $<TARGET_FILE:umiak>)
endif()

# Where the linker has put them.
if(TARGET umiak_handlers_order AND UMIAK_PRESET STREQUAL "release" AND TARGET umiak)
  umiak_test(house/handlers_order house 120
    ${Python3_EXECUTABLE} cmake/order_handlers.py --check $<TARGET_FILE:umiak> ${UMIAK_CXXFILT})
endif()

# How large the release is: the numbers of handlers and what else is linked in creep up unseen.
find_program(UMIAK_STRIP NAMES strip llvm-strip)
mark_as_advanced(UMIAK_STRIP)
get_property(umiak_is_static TARGET umiak PROPERTY UMIAK_STATIC)
if(Python3_FOUND AND UMIAK_STRIP AND UMIAK_CLANG AND UMIAK_PRESET STREQUAL "release" AND umiak_is_static
   AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  umiak_test(house/binary_size house 60
    ${Python3_EXECUTABLE} .ci/check_binary_size.py ${UMIAK_STRIP} $<TARGET_FILE:umiak>)
endif()

foreach(part spec-tests examples tests/guests)
  include(${PROJECT_SOURCE_DIR}/${part}/tests.cmake OPTIONAL)
endforeach()

# Every public header compiles on its own (once the table of instructions is there).
file(GLOB headers CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/loader/include/umiak/*.h
  ${PROJECT_SOURCE_DIR}/vm/include/umiak/*.h
  ${PROJECT_SOURCE_DIR}/wasi/include/umiak/*.h)
if(NOT EXISTS ${PROJECT_SOURCE_DIR}/loader/include/umiak/opcodes.def)
  return()
endif()
add_library(umiak_headers OBJECT)
foreach(header ${headers})
  cmake_path(GET header STEM stem)
  set(source ${PROJECT_BINARY_DIR}/generated/headers/${stem}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"umiak/${stem}.h\"\n")
  target_sources(umiak_headers PRIVATE ${source})
endforeach()
target_link_libraries(umiak_headers PRIVATE umiak_wasi umiak_text umiak_warnings)
