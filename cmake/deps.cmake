# abseil, xxHash, doctest: of the system where they are, else fetched at the versions named here.
# The rest of the build sees three targets: umiak_deps::absl, umiak_deps::xxhash, umiak_deps::doctest.

include(FetchContent)
find_package(Threads REQUIRED)
option(UMIAK_FETCH_DEPS "fetch the dependencies even where the system has them" OFF)

# umiak_check_version(NAME HEADER MINIMUM MACRO...): one sentence where the system's library is too old.
function(umiak_check_version name header minimum)
  set(numbers)
  foreach(macro ${ARGN})
    file(STRINGS ${header} line REGEX "define +${macro} +[0-9]+" LIMIT_COUNT 1)
    string(REGEX MATCH "[0-9]+$" number "${line}")
    list(APPEND numbers ${number})
  endforeach()
  list(JOIN numbers "." version)
  if(version AND version VERSION_LESS minimum)
    message(FATAL_ERROR
      "umiak needs ${name} ${minimum} or newer, this system has ${version}: -D UMIAK_FETCH_DEPS=ON fetches one.")
  endif()
endfunction()

# --- abseil (20220623 or newer) ---

set(UMIAK_ABSL_PARTS
  status statusor strings str_format cord span optional variant any_invocable function_ref cleanup
  flat_hash_map flat_hash_set node_hash_map node_hash_set btree inlined_vector fixed_array hash int128
  synchronization time flags flags_parse flags_usage base core_headers bits endian)

# The archives behind absl's imported targets. Debian's name the shared libraries, with which a program needs 5 ms
# to start; the archives lie beside them. Anything that is not abseil's own goes to `others`.
function(umiak_absl_archives archives_out others_out)
  set(archives)
  set(others)
  set(seen)
  set(todo ${ARGN})
  while(todo)
    list(POP_FRONT todo item)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" item "${item}")
    if(item IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${item})
    if(NOT item MATCHES "^absl::" OR NOT TARGET ${item})
      list(APPEND others ${item})
      continue()
    endif()
    get_target_property(aliased ${item} ALIASED_TARGET)
    if(aliased)
      set(item ${aliased})
    endif()
    get_target_property(links ${item} INTERFACE_LINK_LIBRARIES)
    if(links)
      list(APPEND todo ${links})
    endif()
    get_target_property(type ${item} TYPE)
    if(NOT type STREQUAL "INTERFACE_LIBRARY")
      get_target_property(location ${item} LOCATION)
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${location}")
      if(EXISTS ${archive})
        list(APPEND archives ${archive})
      else()
        list(APPEND archives ${location})
      endif()
    endif()
  endwhile()
  set(${archives_out} ${archives} PARENT_SCOPE)
  set(${others_out} ${others} PARENT_SCOPE)
endfunction()

add_library(umiak_deps::absl INTERFACE IMPORTED GLOBAL)
if(NOT UMIAK_FETCH_DEPS)
  find_package(absl CONFIG QUIET)
endif()
if(absl_FOUND)
  set(parts)
  foreach(part ${UMIAK_ABSL_PARTS})
    if(TARGET absl::${part})
      list(APPEND parts absl::${part})
    endif()
  endforeach()
  get_target_property(include absl::strings INTERFACE_INCLUDE_DIRECTORIES)
  umiak_absl_archives(archives others ${parts})
  target_include_directories(umiak_deps::absl SYSTEM INTERFACE ${include})
  target_link_libraries(umiak_deps::absl INTERFACE
    -Wl,--start-group ${archives} -Wl,--end-group ${others} Threads::Threads)
  umiak_check_version(abseil ${include}/absl/base/config.h 20220623 ABSL_LTS_RELEASE_VERSION)
else()
  message(STATUS "abseil: not on this system, fetching it")
  set(ABSL_PROPAGATE_CXX_STD ON)
  set(ABSL_ENABLE_INSTALL ON)
  FetchContent_Declare(absl
    GIT_REPOSITORY https://github.com/abseil/abseil-cpp.git GIT_TAG 20240722.0 GIT_SHALLOW ON SYSTEM)
  FetchContent_MakeAvailable(absl)
  foreach(part ${UMIAK_ABSL_PARTS})
    if(TARGET absl::${part})
      target_link_libraries(umiak_deps::absl INTERFACE absl::${part})
    endif()
  endforeach()
endif()

# --- xxHash (0.8 or newer), used as a header ---

add_library(umiak_deps::xxhash INTERFACE IMPORTED GLOBAL)
if(NOT UMIAK_FETCH_DEPS)
  find_path(UMIAK_XXHASH_INCLUDE xxhash.h)
endif()
if(NOT UMIAK_XXHASH_INCLUDE)
  message(STATUS "xxHash: not on this system, fetching it")
  FetchContent_Declare(xxhash
    GIT_REPOSITORY https://github.com/Cyan4973/xxHash.git GIT_TAG v0.8.2 GIT_SHALLOW ON SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(xxhash)
  set(UMIAK_XXHASH_INCLUDE ${xxhash_SOURCE_DIR})
endif()
umiak_check_version(xxHash ${UMIAK_XXHASH_INCLUDE}/xxhash.h 0.8 XXH_VERSION_MAJOR XXH_VERSION_MINOR)
target_include_directories(umiak_deps::xxhash SYSTEM INTERFACE ${UMIAK_XXHASH_INCLUDE})
target_compile_definitions(umiak_deps::xxhash INTERFACE XXH_INLINE_ALL)

# --- doctest (2.4 or newer), used as a header ---

if(UMIAK_BUILD_TESTS)
  add_library(umiak_deps::doctest INTERFACE IMPORTED GLOBAL)
  if(NOT UMIAK_FETCH_DEPS)
    find_path(UMIAK_DOCTEST_INCLUDE doctest/doctest.h)
  endif()
  if(NOT UMIAK_DOCTEST_INCLUDE)
    message(STATUS "doctest: not on this system, fetching it")
    FetchContent_Declare(doctest
      GIT_REPOSITORY https://github.com/doctest/doctest.git GIT_TAG v2.4.11 GIT_SHALLOW ON SOURCE_SUBDIR none)
    FetchContent_MakeAvailable(doctest)
    set(UMIAK_DOCTEST_INCLUDE ${doctest_SOURCE_DIR})
  endif()
  umiak_check_version(doctest ${UMIAK_DOCTEST_INCLUDE}/doctest/doctest.h 2.4
    DOCTEST_VERSION_MAJOR DOCTEST_VERSION_MINOR)
  target_include_directories(umiak_deps::doctest SYSTEM INTERFACE ${UMIAK_DOCTEST_INCLUDE})
endif()
