# The warnings of our own code; those of the dependencies are theirs.
add_library(umiak_warnings INTERFACE)
target_compile_options(umiak_warnings INTERFACE
  -Wall -Wextra -Wimplicit-fallthrough -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wunreachable-code-break>
  # g++ 12 warns of unset optionals, of its own vector conversions and of overlaps in std::string where there is
  # nothing to see.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-psabi -Wno-restrict>
  $<$<BOOL:${UMIAK_WERROR}>:-Werror>)
