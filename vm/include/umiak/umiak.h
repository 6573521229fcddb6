// All of the embedding interface but WASI (umiak/wasi.h) and text (umiak/text.h).
#ifndef UMIAK_UMIAK_H_
#define UMIAK_UMIAK_H_

#include "umiak/caller.h"
#include "umiak/error.h"
#include "umiak/exception.h"
#include "umiak/extern.h"
#include "umiak/instance.h"
#include "umiak/linker.h"
#include "umiak/load.h"
#include "umiak/ref.h"
#include "umiak/shared_memory.h"
#include "umiak/store.h"
#include "umiak/trap.h"
#include "umiak/typed_func.h"
#include "umiak/value.h"

#endif  // UMIAK_UMIAK_H_
