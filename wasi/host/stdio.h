// The standard streams as files.
#ifndef UMIAK_WASI_HOST_STDIO_H_
#define UMIAK_WASI_HOST_STDIO_H_

#include <memory>

#include "absl/status/statusor.h"
#include "umiak/wasi.h"
#include "umiak/wasi_fs.h"

namespace umiak::wasi {

// stdin (`input`), stdout or stderr.
absl::StatusOr<std::shared_ptr<File>> OpenStream(const WasiStream& stream, bool input);

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_STDIO_H_
