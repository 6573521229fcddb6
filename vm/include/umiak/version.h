// How this build of the interpreter runs guest code: for --version, and for reports of measurements.
#ifndef UMIAK_VERSION_H_
#define UMIAK_VERSION_H_

namespace umiak {

// "tail calls, 4+4 registers": the form of dispatch, the integer and the vector registers.
const char* DispatchName();

}  // namespace umiak

#endif  // UMIAK_VERSION_H_
