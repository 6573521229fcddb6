# The guests, and those of examples/: built again and compared; and runs that a sanitizer's build cannot make.

foreach(part rust unwind c)
  umiak_test(guests/build_${part} guest 600 tests/guests/build.sh ${part})
endforeach()

if(Python3_FOUND AND TARGET umiak AND NOT UMIAK_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  file(GLOB cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.txt)
  foreach(case ${cases})
    cmake_path(GET case STEM stem)
    umiak_test(guests/${stem} guest 120
      ${Python3_EXECUTABLE} tests/cli/run.py --bin $<TARGET_FILE_DIR:umiak> ${case})
  endforeach()
  foreach(what landlock openat2)
    umiak_test(guests/without_${what} guest 300 ${Python3_EXECUTABLE} tests/support/without.py ${what}
      ${Python3_EXECUTABLE} tests/cli/run.py --bin $<TARGET_FILE_DIR:umiak> ${cases})
  endforeach()
  umiak_test(guests/echo_without_landlock guest 120 ${Python3_EXECUTABLE} tests/support/without.py landlock
    ${Python3_EXECUTABLE} tests/guests/serve.py --bin $<TARGET_FILE_DIR:umiak> tests/guests/echo.wasm)
  # Servers, with clients on the loopback.
  foreach(run "echo;--clients;20" "tokio_echo;--clients;100" "echo;--clients;5;--listenfd" "tokio_echo;--clients;1000" "echo;--clients;1000")
    list(POP_FRONT run guest)
    string(REGEX REPLACE "[^a-z0-9]+" "_" name "${guest}_${run}")
    umiak_test(guests/${name} guest 120
      ${Python3_EXECUTABLE} tests/guests/serve.py --bin $<TARGET_FILE_DIR:umiak> ${run} tests/guests/${guest}.wasm)
  endforeach()
  umiak_test(guests/go_echo guest 300
    tests/guests/go/serve.sh --bin $<TARGET_FILE_DIR:umiak> --clients 1000)
endif()
