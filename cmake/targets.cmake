# How a module becomes a target: umiak_library, umiak_executable, umiak_examples, umiak_handler_options.

# Private headers are spelled from the root of the repository.
add_library(umiak_private INTERFACE)
target_include_directories(umiak_private INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(umiak_private INTERFACE umiak_warnings)

# What the inside of vm (and its tests) is compiled with.
add_library(umiak_vm_private INTERFACE)
string(TOUPPER ${UMIAK_DISPATCH} dispatch)
target_compile_definitions(umiak_vm_private INTERFACE
  UMIAK_INT_REGISTERS=${UMIAK_INT_REGISTERS}
  UMIAK_VECTOR_REGISTERS=${UMIAK_VECTOR_REGISTERS}
  UMIAK_DISPATCH_${dispatch})

# umiak_sources(OUT folder...): the .cc files of the folders, in the order of their names.
function(umiak_sources out)
  set(globs)
  foreach(folder ${ARGN})
    list(APPEND globs ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  endforeach()
  file(GLOB files CONFIGURE_DEPENDS ${globs})
  set(${out} ${files} PARENT_SCOPE)
endfunction()

# umiak_library(NAME FOLDERS f... [INCLUDE dir] [PUBLIC lib...] [PRIVATE lib...]): static library umiak_NAME.
# A module without sources yet is a target without code, so that others may name it.
function(umiak_library name)
  cmake_parse_arguments(arg "" "INCLUDE" "FOLDERS;PUBLIC;PRIVATE" ${ARGN})
  umiak_sources(sources ${arg_FOLDERS})
  set(target umiak_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE $<BUILD_INTERFACE:umiak_private>)
    foreach(library ${arg_PRIVATE})
      target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:${library}>)
    endforeach()
    set(visibility PUBLIC)
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${arg_PUBLIC})
    set(visibility INTERFACE)
  endif()
  if(arg_INCLUDE)
    target_include_directories(${target} ${visibility}
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${arg_INCLUDE}>
      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  endif()
  target_compile_features(${target} ${visibility} cxx_std_20)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  add_library(umiak::${name} ALIAS ${target})
  set_property(GLOBAL APPEND PROPERTY UMIAK_LIBRARIES ${target})
endfunction()

# How our programs are linked. At a fixed address the handler tables need no relocations (~5 * 10^4 of them), and
# with abseil and libstdc++ inside there is little left for the dynamic linker to do.
add_library(umiak_program INTERFACE)
target_link_libraries(umiak_program INTERFACE umiak_private)
if(UMIAK_SANITIZE MATCHES "address")
  target_sources(umiak_program INTERFACE ${PROJECT_SOURCE_DIR}/cmake/sanitizer_options.cc)
endif()
if(NOT UMIAK_SANITIZE)
  # -static implies -no-pie, and clang warns of the two together.
  target_link_options(umiak_program INTERFACE
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UMIAK_STATIC>>>:-no-pie> -Wl,--gc-sections)
  if(UMIAK_HAS_LLD)  # functions of equal code become one, where nothing takes their address
    target_link_options(umiak_program INTERFACE -Wl,--icf=safe)
  endif()
  if(UMIAK_STATIC_RUNTIME)
    target_link_options(umiak_program INTERFACE -static-libstdc++ -static-libgcc)
  endif()
endif()

# What `umiak --version` says of the build: "umiak_build.h". Each commit configures again, so that it stays true.
find_package(Git QUIET)
set(UMIAK_COMMIT "unknown")
if(Git_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --short=12 HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
  if(result EQUAL 0)
    set(UMIAK_COMMIT ${commit})
    execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --path-format=absolute --git-path logs/HEAD
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(EXISTS "${log}")
      set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${log})
    endif()
  endif()
endif()
string(TOLOWER ${CMAKE_CXX_COMPILER_ID} UMIAK_COMPILER)
string(APPEND UMIAK_COMPILER " ${CMAKE_CXX_COMPILER_VERSION}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/umiak_build.h.in ${PROJECT_BINARY_DIR}/generated/umiak_build.h)

# PERF: without a dynamic linker the command line starts 0.23 ms sooner (of 0.46 ms above /bin/true, empty _start). It
# loads no code at run time and looks up no names of users or hosts, which is what a static glibc cannot do.
if(UMIAK_STATIC_RUNTIME AND NOT UMIAK_SANITIZE)
  include(CheckCXXSourceCompiles)
  include(CMakePushCheckState)
  cmake_push_check_state()
  list(APPEND CMAKE_REQUIRED_LINK_OPTIONS -static)
  check_cxx_source_compiles("#include <cmath>\nint main(int argc, char**) { return std::sin(argc) > 2; }"
    UMIAK_CAN_LINK_STATICALLY)
  cmake_pop_check_state()
endif()

# umiak_executable(NAME FOLDERS f... LINK lib...)
function(umiak_executable name)
  cmake_parse_arguments(arg "" "" "FOLDERS;LINK" ${ARGN})
  umiak_sources(sources ${arg_FOLDERS})
  if(sources)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE ${arg_LINK} umiak_program)
    if(UMIAK_STATIC_RUNTIME AND NOT UMIAK_SANITIZE AND UMIAK_CAN_LINK_STATICALLY)
      target_link_options(${name} PRIVATE -static)
      set_target_properties(${name} PROPERTIES UMIAK_STATIC ON)
    endif()
    target_include_directories(${name} PRIVATE ${PROJECT_BINARY_DIR}/generated)
  endif()
endfunction()

# umiak_examples(FOLDER LINK lib...): <build>/examples/NAME of each NAME.cc.
function(umiak_examples folder)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  umiak_sources(sources ${folder})
  foreach(source ${sources})
    cmake_path(GET source STEM name)
    add_executable(example_${name} ${source})
    target_link_libraries(example_${name} PRIVATE ${arg_LINK} umiak_program)
    set_target_properties(example_${name} PROPERTIES
      OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
  endforeach()
endfunction()

# umiak_small(TARGET): in a release its size counts for more than its speed.
function(umiak_small target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Os>)
endfunction()

# umiak_without_unwinding(TARGET...): nothing in these throws, catches or lets exceptions pass; tables to unwind them by
# are 0.25 MB of the command line. An allocation that fails ends the process as it does with them.
function(umiak_without_unwinding)
  if(NOT UMIAK_SANITIZE)
    foreach(target ${ARGN})
      target_compile_options(${target} PRIVATE
        $<$<CONFIG:Release>:-fno-exceptions -fno-asynchronous-unwind-tables -fno-unwind-tables>)
    endforeach()
  endif()
endfunction()

# umiak_order_handlers(TARGET...), once: in these programs handlers lie as cmake/order_handlers.py says. What links to the
# target umiak::handlers_order, which is installed, has them so. Without Python, lld or a demangler there is none and they lie
# as they come, which takes a tenth more time.
find_program(UMIAK_CXXFILT NAMES c++filt llvm-cxxfilt)
mark_as_advanced(UMIAK_CXXFILT)
function(umiak_order_handlers)
  if(NOT (Python3_FOUND AND UMIAK_CXXFILT AND UMIAK_HAS_LLD AND UMIAK_DISPATCH STREQUAL "tail") OR UMIAK_SANITIZE
     OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    return()
  endif()
  set(script ${PROJECT_SOURCE_DIR}/cmake/order_handlers.py)
  set(order ${PROJECT_BINARY_DIR}/handlers.order)
  set(installed ${CMAKE_INSTALL_LIBDIR}/umiak)
  add_custom_command(OUTPUT ${order} DEPENDS umiak_vm ${script} VERBATIM
    COMMAND ${Python3_EXECUTABLE} ${script} $<TARGET_FILE:umiak_vm> ${UMIAK_CXXFILT} ${order})
  add_custom_target(umiak_write_handlers_order DEPENDS ${order})
  install(FILES ${order} DESTINATION ${installed})

  add_library(umiak_handlers_order INTERFACE)
  add_library(umiak::handlers_order ALIAS umiak_handlers_order)
  set_target_properties(umiak_handlers_order PROPERTIES EXPORT_NAME handlers_order)
  set_property(GLOBAL APPEND PROPERTY UMIAK_LIBRARIES umiak_handlers_order)
  add_dependencies(umiak_handlers_order umiak_write_handlers_order)
  target_link_options(umiak_handlers_order INTERFACE
    -fuse-ld=lld -Wl,-u,umiak_handlers_line -Wl,--no-warn-symbol-ordering
    -Wl,--symbol-ordering-file=$<BUILD_INTERFACE:${order}>$<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${installed}/handlers.order>)
  set_target_properties(umiak_handlers_order PROPERTIES INTERFACE_LINK_DEPENDS $<BUILD_INTERFACE:${order}>)
  foreach(target ${ARGN})
    target_link_libraries(${target} PRIVATE umiak_handlers_order)
  endforeach()
endfunction()

# umiak_handler_options(FOLDER...): handlers are entered by jumps only; what a compiler adds for calls is in the way.
function(umiak_handler_options)
  umiak_sources(sources ${ARGN})
  set(options -fno-stack-protector -fomit-frame-pointer -fno-math-errno)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND options -fcf-protection=none)
  endif()
  if(NOT UMIAK_CLANG)
    list(APPEND options -foptimize-sibling-calls)
  endif()
  if(UMIAK_SANITIZE)
    set(options)
  endif()
  set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "${options}")
  # Nothing unwinds through the tables' and chains' handlers, which are half of all functions.
  if(NOT UMIAK_SANITIZE)
    list(FILTER sources INCLUDE REGEX "/(table|chain_part)_[a-z0-9_]*\\.cc$")
    list(APPEND options -fno-exceptions -fno-asynchronous-unwind-tables -fno-unwind-tables)
    set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "${options}")
  endif()
  # Variants of the instruction set, chosen at run time: vm/interp/isa.h.
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    foreach(level v2 v3)
      set(variants ${sources})
      list(FILTER variants INCLUDE REGEX "_${level}\\.cc$")
      set_source_files_properties(${variants} PROPERTIES COMPILE_OPTIONS "${options};-march=x86-64-${level}")
    endforeach()
  endif()
endfunction()
