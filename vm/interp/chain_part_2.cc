#define UMIAK_CHAIN_PART 2
#include "vm/interp/chain_part.h"
