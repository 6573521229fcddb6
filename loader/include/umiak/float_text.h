// Finite floats as decimals.
#ifndef UMIAK_FLOAT_TEXT_H_
#define UMIAK_FLOAT_TEXT_H_

#include <string>

namespace umiak {

// The shortest decimal that reads back as the number, plain or with an exponent: what std::to_chars writes, whose
// tables would be a fiftieth of the command line. Whatever the locale. REQUIRES: the value is finite.
std::string ShortestDecimal(float value);
std::string ShortestDecimal(double value);

}  // namespace umiak

#endif  // UMIAK_FLOAT_TEXT_H_
