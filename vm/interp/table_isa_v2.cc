// The handlers of vm/interp/ops_isa.def for x86-64-v2.
#if defined(__x86_64__)
#define UMIAK_ISA isa_v2
#include "vm/interp/table_isa.h"
#endif
