# -fsanitize for our code. The abseil of the system is not instrumented.
if(UMIAK_SANITIZE)
  add_compile_options(-fsanitize=${UMIAK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${UMIAK_SANITIZE})
  # Newer abseil gives its hash tables another layout under sanitizers, which its compiled library does not have,
  # and poisons memory in its headers that its compiled half then touches (sanitizer_options.cc allows that).
  add_compile_definitions(NDEBUG_SANITIZER)
  # Landlock must leave a way for the search for leaks.
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tools/landlock.cc PROPERTIES COMPILE_DEFINITIONS UMIAK_LEAKS_SOUGHT)

  # Reports with names: the symbolizer lies beside the compiler, often not in PATH.
  file(REAL_PATH ${CMAKE_CXX_COMPILER} compiler)
  cmake_path(GET compiler PARENT_PATH directory)
  find_program(UMIAK_SYMBOLIZER llvm-symbolizer HINTS ${directory})
  mark_as_advanced(UMIAK_SYMBOLIZER)
endif()
