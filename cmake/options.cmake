# What a build may choose, and the flags that follow from it for all code.

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(UMIAK_CLANG ON)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
    message(FATAL_ERROR "umiak needs clang 19 or newer (musttail with preserve_none), or g++ 12; this is clang ${CMAKE_CXX_COMPILER_VERSION}.")
  endif()
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(UMIAK_CLANG OFF)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
    message(FATAL_ERROR "umiak needs g++ 12 or newer, or clang 19; this is g++ ${CMAKE_CXX_COMPILER_VERSION}.")
  endif()
else()
  message(FATAL_ERROR "umiak is built with clang (19 or newer) or g++ (12 or newer); this is ${CMAKE_CXX_COMPILER_ID}.")
endif()

# preserve_none leaves room for four registers in each bank; in the ordinary convention there is room for two.
if(UMIAK_CLANG)
  set(registers 4)
else()
  set(registers 2)
endif()
set(UMIAK_INT_REGISTERS ${registers} CACHE STRING "virtual integer registers of the interpreter (2 to 6)")
set(UMIAK_VECTOR_REGISTERS ${registers} CACHE STRING "virtual float and vector registers of the interpreter (2 to 8)")
set(UMIAK_DISPATCH tail CACHE STRING "how a handler reaches the next: tail calls, or a loop")
set_property(CACHE UMIAK_DISPATCH PROPERTY STRINGS tail loop)
if(NOT UMIAK_DISPATCH MATCHES "^(tail|loop)$")
  message(FATAL_ERROR "UMIAK_DISPATCH is tail or loop, not '${UMIAK_DISPATCH}'.")
endif()

set(UMIAK_PRESET "" CACHE STRING "name of this build, for the names of its tests")
set(UMIAK_SANITIZE "" CACHE STRING "sanitizers, as -fsanitize= takes them")
option(UMIAK_BUILD_TESTS "build the tests" ${PROJECT_IS_TOP_LEVEL})
option(UMIAK_BUILD_EXAMPLES "build the examples" ${PROJECT_IS_TOP_LEVEL})
option(UMIAK_STATIC_RUNTIME "link libstdc++ and libgcc statically into executables" ON)
if(DEFINED ENV{CI})
  option(UMIAK_WERROR "warnings are errors" ON)
else()
  option(UMIAK_WERROR "warnings are errors" OFF)
endif()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

# The libraries can be linked into shared objects and PIE programs; hidden visibility makes that free.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# Wasm fixes the result of each float operation: none may be fused.
add_compile_options(-ffp-contract=off)

# The linker of clang's own age.
if(UMIAK_CLANG)
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=lld UMIAK_HAS_LLD)
  if(UMIAK_HAS_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()

find_package(Python3 COMPONENTS Interpreter QUIET)

find_program(UMIAK_CCACHE ccache)
mark_as_advanced(UMIAK_CCACHE)
if(UMIAK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${UMIAK_CCACHE})
endif()
