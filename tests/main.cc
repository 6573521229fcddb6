// The one main of all unit tests: doctest's.
// Faults in guest code belong to the interpreter; doctest would take its signals back at every test case.
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
