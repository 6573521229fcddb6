// The handlers of vm/interp/ops_isa.def for the baseline.
#include "vm/interp/table_isa.h"
