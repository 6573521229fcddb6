// The first tier: a body to cells in one pass, for code that may run only a few times.
//
// All values live in slots: locals in theirs, each value of the operand stack in the one of its height; what is only
// named (a local that was read, a constant) is an operand of the cell that uses it. The cells are those of the full
// translator. Those of entry and of loop headers count, and go on in the full translation when they have run often: see
// vm/interp/tier.h.
#ifndef UMIAK_VM_TRANSLATE_FIRST_TIER_H_
#define UMIAK_VM_TRANSLATE_FIRST_TIER_H_

#include <memory>

#include "vm/interp/code.h"
#include "vm/translate/translate.h"

namespace umiak {

// Null where the body is one for the full translator alone: it holds vectors, exceptions, tail calls, several results,
// instructions of GC or threads, or needs a large frame; or the code is metered.
// REQUIRES: as TranslateFunction.
std::unique_ptr<Code> TranslateFirstTier(const TranslateContext& context, FuncIdx function,
                                         TranslateRecord* record = nullptr);

}  // namespace umiak

#endif  // UMIAK_VM_TRANSLATE_FIRST_TIER_H_
