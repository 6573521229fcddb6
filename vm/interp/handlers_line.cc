// A line of the CPU's cache, for nothing: where a program's handlers begin if they are ordered by cmake/order_handlers.py,
// so that those behind it lie in lines as they are meant to. Others do not link it.
#include "vm/interp/compiler.h"

extern "C" HANDLER_SECTION __attribute__((used, retain)) alignas(64) const char umiak_handlers_line[64] = {};
