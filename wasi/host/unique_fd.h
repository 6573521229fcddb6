// A host descriptor that is closed by its owner. Every one is opened close-on-exec.
#ifndef UMIAK_WASI_HOST_UNIQUE_FD_H_
#define UMIAK_WASI_HOST_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace umiak::wasi {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~UniqueFd() { Close(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  int fd_ = -1;
};

}  // namespace umiak::wasi

#endif  // UMIAK_WASI_HOST_UNIQUE_FD_H_
