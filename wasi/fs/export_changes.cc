// ExportChanges: what a guest has written into an overlay, as files of another directory.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wasi/errno_or.h"
#include "wasi/fs/memory_directory.h"

namespace umiak::wasi {
namespace {

// A guest may nest directories deeper than anybody will open.
constexpr int kMaxDepth = 256;

Errno Write(File& file, const uint8_t* data, size_t size) {
  while (size > 0) {
    iovec slice = {const_cast<uint8_t*>(data), size};
    WASI_ASSIGN_OR_RETURN(uint64_t written, file.Write(Slices(&slice, 1)));
    if (written == 0) return Errno::kIo;
    data += written;
    size -= written;
  }
  return Errno::kSuccess;
}

ErrnoOr<std::shared_ptr<File>> Create(Directory& target, const std::string& name) {
  OpenOptions options;
  options.write = options.create = options.exclusive = true;
  return target.OpenFile(name, options);
}

Errno CopyTimes(Directory& target, const std::string& name, const Filestat& stat) {
  TimeChanges times;
  times.access = {TimeChange::kSet, stat.atim};
  times.modification = {TimeChange::kSet, stat.mtim};
  return target.SetEntryTimes(name, times);
}

Errno CopyFile(Directory& from, Directory& target, const std::string& name, const Filestat& stat) {
  OpenOptions options;
  options.read = true;
  WASI_ASSIGN_OR_RETURN(std::shared_ptr<File> in, from.OpenFile(name, options));
  WASI_ASSIGN_OR_RETURN(std::shared_ptr<File> out, Create(target, name));
  std::vector<uint8_t> buffer(64 << 10);
  while (true) {
    iovec slice = {buffer.data(), buffer.size()};
    WASI_ASSIGN_OR_RETURN(uint64_t size, in->Read(Slices(&slice, 1)));
    if (size == 0) break;
    WASI_RETURN_IF_ERROR(Write(*out, buffer.data(), size));
  }
  return CopyTimes(target, name, stat);
}

ErrnoOr<std::shared_ptr<Directory>> MakeDirectory(Directory& target, const std::string& name) {
  WASI_RETURN_IF_ERROR(target.CreateDirectory(name));
  WASI_ASSIGN_OR_RETURN(Directory::Node node, target.Lookup(name));
  if (node.directory == nullptr) return Errno::kNotdir;
  return std::move(node.directory);
}

Errno CopyEntry(Directory& from, Directory& target, const std::string& name, int depth);

Errno CopyAll(Directory& from, Directory& target, int depth) {
  if (depth > kMaxDepth) return Errno::kNametoolong;
  std::vector<std::string> names;
  WASI_RETURN_IF_ERROR(from.ReadEntries(0, [&](const Directory::Listed& listed) {
    names.emplace_back(listed.name);
    return true;
  }));
  for (const std::string& name : names) WASI_RETURN_IF_ERROR(CopyEntry(from, target, name, depth));
  return Errno::kSuccess;
}

Errno CopyEntry(Directory& from, Directory& target, const std::string& name, int depth) {
  WASI_ASSIGN_OR_RETURN(Filestat stat, from.StatEntry(name));
  switch (stat.filetype) {
    case Filetype::kRegularFile: return CopyFile(from, target, name, stat);
    case Filetype::kSymbolicLink: {
      WASI_ASSIGN_OR_RETURN(std::string text, from.ReadLink(name));
      return target.Symlink(text, name);
    }
    case Filetype::kDirectory: {
      WASI_ASSIGN_OR_RETURN(Directory::Node node, from.Lookup(name));
      WASI_ASSIGN_OR_RETURN(std::shared_ptr<Directory> made, MakeDirectory(target, name));
      return CopyAll(*node.directory, *made, depth + 1);
    }
    default: return Errno::kSuccess;  // devices, pipes and sockets stay where they are
  }
}

Errno Export(MemoryDirectory& changed, Directory& target, int depth) {
  if (depth > kMaxDepth) return Errno::kNametoolong;
  for (const MemoryDirectory::Change& change : changed.Changes()) {
    if (change.kind == MemoryDirectory::Change::kRemoved) {
      WASI_RETURN_IF_ERROR(Create(target, absl::StrCat(".wh.", change.name)).error());
    } else if (change.kind == MemoryDirectory::Change::kMerged) {
      WASI_ASSIGN_OR_RETURN(std::shared_ptr<Directory> made, MakeDirectory(target, change.name));
      WASI_RETURN_IF_ERROR(Export(*change.directory, *made, depth + 1));
    } else {
      WASI_RETURN_IF_ERROR(CopyEntry(changed, target, change.name, depth));
      if (change.kind != MemoryDirectory::Change::kReplaced) continue;
      WASI_ASSIGN_OR_RETURN(Directory::Node made, target.Lookup(change.name));
      WASI_RETURN_IF_ERROR(Create(*made.directory, ".wh..wh..opq").error());
    }
  }
  return Errno::kSuccess;
}

}  // namespace

Errno ExportChanges(Directory& changed, Directory& target) {
  MemoryDirectory* memory = MemoryDirectory::Of(changed);
  return memory == nullptr ? Errno::kInval : Export(*memory, target, 0);
}

}  // namespace umiak::wasi
