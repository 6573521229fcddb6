// Whether names are UTF-8. spec: binary/values#names
#ifndef UMIAK_LOADER_BINARY_UTF8_H_
#define UMIAK_LOADER_BINARY_UTF8_H_

#include <cstddef>
#include <cstdint>

namespace umiak {

// No overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(const uint8_t* bytes, size_t size);

}  // namespace umiak

#endif  // UMIAK_LOADER_BINARY_UTF8_H_
