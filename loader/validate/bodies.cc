#include "loader/validate/bodies.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "umiak/error.h"

namespace umiak {
namespace {

// PERF: a thread costs some 50 us to start and to join; a MiB of bodies takes 3 ms.
constexpr uint64_t kBytesPerThread = 1 << 20;
// Functions that a thread takes at a time.
constexpr uint32_t kPortion = 32;

uint64_t BytesOfBodies(const Module& module) {
  uint64_t bytes = 0;
  for (const Function& function : module.functions) bytes += function.body.end - function.body.begin;
  return bytes;
}

// The work of several threads, and the first error among theirs.
class SharedWork {
 public:
  explicit SharedWork(const Module& module)
      : next_(module.num_imported_functions), end_(static_cast<uint32_t>(module.functions.size())) {}

  void Run(FunctionValidator& validator) {
    for (;;) {
      const uint32_t begin = next_.fetch_add(kPortion, std::memory_order_relaxed);
      // Portions are taken in order: one below the first error so far is always finished.
      if (begin >= end_ || begin > failed_.load(std::memory_order_relaxed)) return;
      for (uint32_t i = begin; i < std::min(begin + kPortion, end_); ++i) {
        absl::Status status = validator.ValidateBody(i);
        if (status.ok()) continue;
        Fail(i, std::move(status));
        return;
      }
    }
  }

  // REQUIRES: all threads have ended.
  absl::Status TakeStatus() { return std::move(status_); }

 private:
  void Fail(uint32_t function, absl::Status status) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (function >= failed_.load(std::memory_order_relaxed)) return;
    failed_.store(function, std::memory_order_relaxed);
    status_ = std::move(status);
  }

  // Its last values lie some portions behind end_, whose limit leaves room (umiak/limits.h).
  std::atomic<uint32_t> next_;
  const uint32_t end_;
  std::atomic<uint32_t> failed_{UINT32_MAX};  // the first function that is known to be invalid
  std::mutex mutex_;                          // guards status_, and writes to failed_
  absl::Status status_;
};

struct Worker {
  SharedWork* work;
  FunctionValidator validator;
};

void* RunWorker(void* argument) {
  auto* worker = static_cast<Worker*>(argument);
  worker->work->Run(worker->validator);
  return nullptr;
}

class Deferred final : public DeferredBodies {
 public:
  explicit Deferred(FunctionValidator validator) : validator_(std::move(validator)) {}
  absl::Status Check(FuncIdx function) override {
    std::lock_guard<std::mutex> lock(mutex_);
    return validator_.ValidateBody(function);
  }

 private:
  std::mutex mutex_;
  FunctionValidator validator_;  // guarded by mutex_
};

}  // namespace

absl::Status ValidateBodies(FunctionValidator& validator, const Module& module, uint32_t threads) {
  const uint64_t useful = BytesOfBodies(module) / kBytesPerThread;
  // PERF: asking for the number of CPUs opens a file: 30 us, which small modules need not pay.
  if (threads == 0 && useful > 1) threads = std::thread::hardware_concurrency();
  threads = static_cast<uint32_t>(std::min<uint64_t>(threads, useful));
  SharedWork work(module);
  // This thread is one of them; and where the system gives no others it does everything.
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<pthread_t> started;
  for (uint32_t i = 1; i < threads; ++i) {
    workers.push_back(std::make_unique<Worker>(Worker{&work, validator.ForThread()}));
    pthread_t thread;
    if (pthread_create(&thread, nullptr, RunWorker, workers.back().get()) != 0) break;
    started.push_back(thread);
  }
  work.Run(validator);
  for (pthread_t thread : started) pthread_join(thread, nullptr);
  return work.TakeStatus();
}

std::unique_ptr<DeferredBodies> DeferBodies(const FunctionValidator& validator) {
  return std::make_unique<Deferred>(validator.ForThread());
}

}  // namespace umiak
