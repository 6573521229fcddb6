#define UMIAK_CHAIN_PART 3
#include "vm/interp/chain_part.h"
