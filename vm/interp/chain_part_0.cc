#define UMIAK_CHAIN_PART 0
#include "vm/interp/chain_part.h"
