#include "wasi/guest_memory.h"

#include "tests/wasi/guest.h"

namespace umiak::wasi {

TEST_SUITE("wasi/guest_memory") {
  TEST_CASE("reading and writing copy a record at any alignment") {
    std::vector<uint8_t> bytes(64);
    GuestMemory memory(absl::MakeSpan(bytes));
    CHECK(memory.Write(GuestPtr<uint32_t>{3}, 0x01020304u) == Errno::kSuccess);
    CHECK(*memory.Read(GuestPtr<uint32_t>{3}) == 0x01020304u);
    CHECK(bytes[3] == 4);
  }

  TEST_CASE("the last byte may be touched and the next one not") {
    std::vector<uint8_t> bytes(64);
    GuestMemory memory(absl::MakeSpan(bytes));
    CHECK(memory.Write(GuestPtr<uint64_t>{56}, uint64_t{1}) == Errno::kSuccess);
    CHECK(memory.Write(GuestPtr<uint64_t>{57}, uint64_t{1}) == Errno::kOutOfBounds);
    CHECK(memory.fault_address() == 57);
    CHECK(memory.fault_size() == 8);
    CHECK(memory.Bytes(64, 0).ok());
    CHECK(memory.Bytes(65, 0).error() == Errno::kOutOfBounds);
  }

  TEST_CASE("sums and products do not wrap in 32 bits") {
    std::vector<uint8_t> bytes(64);
    GuestMemory memory(absl::MakeSpan(bytes));
    CHECK(memory.Bytes(0xffffffff, 2).error() == Errno::kOutOfBounds);
    CHECK(memory.Bytes(16, 0xffffffff).error() == Errno::kOutOfBounds);
    CHECK(memory.Array(GuestPtr<Iovec>{0}, 0x20000001).error() == Errno::kOutOfBounds);
    CHECK(memory.Array(GuestPtr<Subscription>{0}, 0x10000000).error() == Errno::kOutOfBounds);
  }

  TEST_CASE("a guest without memory has no byte") {
    GuestMemory memory{absl::Span<uint8_t>()};
    CHECK(memory.Bytes(0, 0).ok());
    CHECK(memory.Read(GuestPtr<uint8_t>{0}).error() == Errno::kOutOfBounds);
  }

  TEST_CASE("a pointer out of bounds is told before anything happens to the host") {
    TempDir dir;
    Guest guest = Guest::In(dir);
    Fd fd = guest.Open("file", {.oflags = oflags::kCreat});
    GuestPtr<uint32_t> outside{Guest::kMemorySize - 2};
    CHECK(guest.Run(FdWrite, fd, guest.Slice(guest.Put("text").address, 4), 1u, outside) == Errno::kOutOfBounds);
    CHECK(dir.Read("file") == "");
    CHECK(guest.Run(PathOpen, 3u, 0u, guest.Put("new"), 3u, oflags::kCreat, Guest::kReadWrite, uint64_t{0}, 0u,
                    outside) == Errno::kOutOfBounds);
    CHECK_FALSE(std::filesystem::exists(dir / "new"));
    auto size = guest.New<uint32_t>();
    CHECK(guest.Run(FdWrite, fd, guest.Slice(Guest::kMemorySize - 3, 4), 1u, size) == Errno::kOutOfBounds);
    CHECK(guest.Run(FdWrite, fd, GuestPtr<Iovec>{0}, 0xffffffffu, size) == Errno::kOutOfBounds);
    CHECK(guest.Run(PathUnlinkFile, 3u, GuestPtr<uint8_t>{0xfffffff0}, 0xffffffffu) == Errno::kOutOfBounds);
    CHECK(guest.Run(RandomGet, GuestPtr<uint8_t>{0}, 0xffffffffu) == Errno::kOutOfBounds);
  }
}

}  // namespace umiak::wasi
