# The scripts of the specification: umiak_spec, and one ctest per script. They are not copied into this repository:
# -DUMIAK_SUITE=DIR, else ../shared/testsuite beside it, else what fetch_suite.sh put into build/testsuite.

umiak_unit_tests(spec-tests LINK umiak_script)

# Nothing runs before there is an interpreter.
file(GLOB interp_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/vm/interp/*.cc)
if(NOT interp_sources)
  return()
endif()
add_executable(umiak_spec ${CMAKE_CURRENT_LIST_DIR}/suite/main.cc)
target_link_libraries(umiak_spec PRIVATE umiak_script umiak_program)

set(UMIAK_SUITE "" CACHE PATH "The specification's scripts (*.wast); empty: where they are looked for")
set(suite ${UMIAK_SUITE})
if(NOT suite)
  set(suite ${PROJECT_SOURCE_DIR}/../shared/testsuite)
  if(NOT EXISTS ${suite})
    set(suite ${PROJECT_SOURCE_DIR}/build/testsuite)
  endif()
endif()
set(spec_arguments --suite ${suite} --expectations ${CMAKE_CURRENT_LIST_DIR}/expectations.txt)
set(spec_command umiak_spec ${spec_arguments})
file(GLOB_RECURSE scripts CONFIGURE_DEPENDS RELATIVE ${suite} ${suite}/*.wast)
# Proposals that umiak does not know.
list(FILTER scripts EXCLUDE REGEX "^proposals/custom-descriptors/")
foreach(script ${scripts})
  string(REGEX REPLACE "\\.wast$" "" stem ${script})
  umiak_test(spec/${stem} spec 120 ${spec_command} ${script})
endforeach()
if(scripts)
  umiak_test(spec/round-trip spec 120 umiak_spec --suite ${suite} --round-trip ${scripts})
  # All of them again in each way of running them; and as every lesser variant of the instruction set runs them, which is
  # the handlers' business alone.
  foreach(way checked metered collect-always)
    umiak_test(spec/all-${way} spec 300 ${spec_command} --${way} ${scripts})
  endforeach()
  # The first tier alone; from the first tier to the full code as soon as may be; and that alone.
  foreach(turns 2000000000 1 0)
    umiak_test(spec/all-first-tier-${turns} spec 300
      ${CMAKE_COMMAND} -E env UMIAK_FIRST_TIER_TURNS=${turns}
      ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:umiak_spec> ${spec_arguments} ${scripts})
  endforeach()
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    foreach(isa base v2)
      umiak_test(spec/all-isa-${isa} spec 300
        ${CMAKE_COMMAND} -E env UMIAK_ISA=${isa} $<TARGET_FILE:umiak_spec> ${spec_arguments} ${scripts})
    endforeach()
  endif()
endif()
# Our own scripts, with all features on.
file(GLOB extra CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/extra/*.wast)
foreach(script ${extra})
  cmake_path(GET script STEM stem)
  umiak_test(spec/extra-${stem} spec 120 umiak wast ${script})
endforeach()
# Says which set it is, and fails where there is none.
umiak_test(spec/suite spec 60 umiak_spec --suite ${suite} --which)
