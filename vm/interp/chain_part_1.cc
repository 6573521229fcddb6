#define UMIAK_CHAIN_PART 1
#include "vm/interp/chain_part.h"
