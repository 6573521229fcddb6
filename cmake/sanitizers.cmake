# -fsanitize for our code. The abseil of the system is not instrumented.
if(UMIAK_SANITIZE)
  add_compile_options(-fsanitize=${UMIAK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${UMIAK_SANITIZE})
  # Newer abseil gives its hash tables another layout under sanitizers, which its compiled library does not have.
  add_compile_definitions(NDEBUG_SANITIZER)
endif()
