#include "wasi/fs/walk.h"

#include <utility>
#include <vector>

#include "wasi/errno_or.h"
#include "wasi/fs/path.h"

namespace umiak::wasi {
namespace {

// A path of n bytes has at most n / 2 + 1 components, and so has each link in it: what is still to do is bounded.
class Walker {
 public:
  explicit Walker(const std::shared_ptr<Directory>& root) : root_(root) {}

  ErrnoOr<Place> Run(absl::string_view path, bool follow) {
    Push(path);
    must_be_dir_ = EndsInDirectory(path);
    while (!todo_.empty()) {
      std::string name = std::move(todo_.back());
      todo_.pop_back();
      if (name == "..") {
        WASI_RETURN_IF_ERROR(Ascend());
        continue;
      }
      ErrnoOr<Directory::Node> node = top()->Lookup(name);
      bool last = todo_.empty();
      if (!node.ok()) {
        // Nothing is there: it may be created.
        if (last && node.error() == Errno::kNoent) return Finish(std::move(name), std::nullopt);
        return node.error();
      }
      if (node->type == Filetype::kSymbolicLink && (!last || follow || must_be_dir_)) {
        WASI_RETURN_IF_ERROR(Splice(node->link, last));
        continue;
      }
      if (last) return Finish(std::move(name), *std::move(node));
      WASI_RETURN_IF_ERROR(Descend(*std::move(node)));
    }
    must_be_dir_ = true;
    return Finish("", std::nullopt);
  }

 private:
  const std::shared_ptr<Directory>& top() const { return stack_.empty() ? root_ : stack_.back(); }

  // The components of a path or of a link's text, before what is still to do.
  void Push(absl::string_view path) {
    while (!path.empty()) {
      size_t slash = path.rfind('/');
      absl::string_view last = slash == absl::string_view::npos ? path : path.substr(slash + 1);
      if (!last.empty() && last != ".") todo_.emplace_back(last.data(), last.size());
      path = slash == absl::string_view::npos ? absl::string_view() : path.substr(0, slash);
    }
  }

  Errno Ascend() {
    // A kernel would want to search the directory that it leaves.
    WASI_RETURN_IF_ERROR(top()->Search());
    if (stack_.empty()) return Errno::kPerm;
    stack_.pop_back();
    return Errno::kSuccess;
  }

  Errno Descend(Directory::Node node) {
    if (node.type != Filetype::kDirectory || node.directory == nullptr) return Errno::kNotdir;
    if (stack_.size() >= kMaxWalkDepth) return Errno::kNametoolong;
    stack_.push_back(std::move(node.directory));
    return Errno::kSuccess;
  }

  Errno Splice(absl::string_view text, bool last) {
    if (++links_ > kMaxLinks) return Errno::kLoop;
    if (text.empty()) return Errno::kNoent;
    if (text.size() >= kMaxPathLength) return Errno::kNametoolong;
    if (text[0] == '/') return Errno::kPerm;
    if (last && EndsInDirectory(text)) must_be_dir_ = true;
    Push(text);
    return Errno::kSuccess;
  }

  Place Finish(std::string name, std::optional<Directory::Node> node) {
    return {top(), std::move(name), std::move(node), must_be_dir_};
  }

  const std::shared_ptr<Directory>& root_;
  std::vector<std::shared_ptr<Directory>> stack_;
  std::vector<std::string> todo_;  // the next component is at the back
  bool must_be_dir_ = false;
  int links_ = 0;
};

}  // namespace

ErrnoOr<Place> Walk(const std::shared_ptr<Directory>& root, absl::string_view path, bool follow) {
  return Walker(root).Run(path, follow);
}

}  // namespace umiak::wasi
