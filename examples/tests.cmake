# The examples in C++ run and print what they should.

umiak_test(examples/host_plugin example 60
  example_host_plugin examples/plugin.wasm "one fortunately three")
set_tests_properties(${umiak_test_prefix}examples/host_plugin PROPERTIES
  PASS_REGULAR_EXPRESSION "plugin: the longest word is fortunately\nhost: 3 words\n")
