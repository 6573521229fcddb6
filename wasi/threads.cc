#include <pthread.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "umiak/error.h"
#include "umiak/shared_memory.h"
#include "umiak/trap.h"
#include "umiak/wasi_threads.h"
#include "wasi/abi.h"

namespace umiak {
namespace {

constexpr char kModule[] = "wasi";
constexpr char kSpawn[] = "thread-spawn";
constexpr char kStart[] = "wasi_thread_start";
// spec: a thread id fits 29 bits.
constexpr uint32_t kMaxThreadId = (1u << 29) - 1;
constexpr int32_t kSpawnFailed = -static_cast<int32_t>(wasi::Errno::kAgain);

bool IsSharedMemory(const Module& module, const Import& import) {
  return import.kind == ExternKind::kMemory && module.memories[import.index].type.shared;
}

// Whether the module exports wasi_thread_start with its type.
bool CanStartThreads(const Module& module) {
  const Export* start = module.FindExport(kStart);
  return start != nullptr && start->kind == ExternKind::kFunc &&
         module.TypeOfFunction(start->index) == FuncType{{ValType::kI32, ValType::kI32}, {}};
}

}  // namespace

// Shared by all threads of the guest.
class WasiThreads::Group : public std::enable_shared_from_this<Group> {
 public:
  Group(std::shared_ptr<const Module> module, std::shared_ptr<WasiContext> context, WasiThreadsOptions options)
      : module_(std::move(module)),
        context_(std::move(context)),
        options_(std::move(options)),
        can_start_(CanStartThreads(*module_)) {
    options_.store.metered = true;
  }

  absl::Status MakeMemories() {
    for (const Import& import : module_->imports) {
      if (!IsSharedMemory(*module_, import)) continue;
      ASSIGN_OR_RETURN(SharedMemory memory, SharedMemory::Create(module_->memories[import.index].type, options_.store));
      memories_.push_back({&import, std::move(memory)});
    }
    return absl::OkStatus();
  }

  void Define(Linker& linker) {
    for (const auto& [import, memory] : memories_) linker.Define(import->module, import->name, memory.In(*linker.store()));
    linker.Define(kModule, kSpawn, [group = shared_from_this()](Caller&, uint32_t argument) {
      return group->Spawn(argument);
    });
  }

  absl::Status Run(Store& store, const std::function<absl::Status()>& main) {
    if (!Enter(store.interrupt_handle(), 0)) return Cause();
    End(main());
    Leave(0);
    if (main_was_interrupted_) store.ClearInterrupt();
    JoinAll();
    return Cause();
  }

  // Notes why the guest ends, if that is news, and interrupts whoever still runs.
  void End(absl::Status cause) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (has_ended_) return;
    has_ended_ = true;
    cause_ = std::move(cause);
    for (const Member& member : members_) {
      main_was_interrupted_ = main_was_interrupted_ || member.id == 0;
      member.interrupt.Interrupt();
    }
  }

  void JoinAll() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!threads_.empty()) {
      const pthread_t thread = threads_.back().thread;
      threads_.pop_back();
      lock.unlock();
      pthread_join(thread, nullptr);
      lock.lock();
    }
  }

 private:
  // A running thread: its id (0: the main one) and how to stop it.
  struct Member {
    uint32_t id;
    InterruptHandle interrupt;
  };
  // What a thread of the host must be joined by. `is_done`: it will end without waiting for anything.
  struct HostThread {
    uint32_t id;
    pthread_t thread;
    bool is_done;
  };
  // A guest's thread, made by the one that spawns it and then owned by its own.
  struct Thread {
    Thread(std::shared_ptr<Group> group, uint32_t id, uint32_t argument)
        : group(std::move(group)), id(id), argument(argument), store(this->group->options_.store), linker(&store) {}
    std::shared_ptr<Group> group;
    uint32_t id;
    uint32_t argument;
    Store store;
    Linker linker;
    Func start;
  };

  // thread-spawn: the new thread's id, or a negative number.
  int32_t Spawn(uint32_t argument) {
    JoinDone();
    if (!can_start_) return -1;
    const uint32_t id = TakeId();
    if (id == 0) return kSpawnFailed;
    auto thread = std::make_unique<Thread>(shared_from_this(), id, argument);
    // A thread that could not be stopped while it reads is none that a guest may have.
    if (!thread->store.interrupts_host_calls()) return kSpawnFailed;
    if (!Enter(thread->store.interrupt_handle(), id) || !Prepare(*thread) || !Launch(std::move(thread))) {
      Leave(id);
      return kSpawnFailed;
    }
    return static_cast<int32_t>(id);
  }

  // Instantiates. Out of memory is the spawning guest's affair; whatever its start function does ends the guest.
  bool Prepare(Thread& thread) {
    if (options_.deadline) thread.store.SetDeadline(options_.deadline);
    if (options_.fuel) thread.store.SetFuel(options_.fuel);
    const absl::Status status = Instantiate(thread);
    if (!status.ok() && KindOf(status) != ErrorKind::kLimit) End(status);
    return status.ok();
  }
  absl::Status Instantiate(Thread& thread) {
    AddWasiPreview1(thread.linker, context_);
    if (options_.define) RETURN_IF_ERROR(options_.define(thread.linker));
    Define(thread.linker);
    ASSIGN_OR_RETURN(const Instance instance, thread.linker.Instantiate(module_));
    ASSIGN_OR_RETURN(thread.start, instance.GetFunc(kStart));
    return absl::OkStatus();
  }

  bool Launch(std::unique_ptr<Thread> thread) {
    std::lock_guard<std::mutex> lock(mutex_);
    const uint32_t id = thread->id;
    Thread* const started = thread.release();  // its own thread's, which may have ended before this one goes on
    pthread_t host_thread;
    if (pthread_create(&host_thread, nullptr, &RunThread, started) != 0) {
      delete started;
      return false;
    }
    threads_.push_back({id, host_thread, false});
    return true;
  }

  static void* RunThread(void* argument) {
    std::unique_ptr<Thread> thread(static_cast<Thread*>(argument));
    const std::shared_ptr<Group> group = thread->group;
    const uint32_t id = thread->id;
    uint64_t slots[] = {id, thread->argument};
    const absl::Status status = thread->start.CallRaw(slots);
    if (!status.ok()) group->End(status);
    thread.reset();
    group->Leave(id);
    return nullptr;
  }

  // An id that no running thread has; 0 where there are too many, or the guest has ended.
  uint32_t TakeId() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (has_ended_ || members_.size() > options_.max_threads) return 0;
    const auto is_taken = [&](uint32_t id) {
      return std::any_of(members_.begin(), members_.end(), [&](const Member& member) { return member.id == id; });
    };
    do {
      last_id_ = last_id_ == kMaxThreadId ? 1 : last_id_ + 1;
    } while (is_taken(last_id_));
    return last_id_;
  }

  // False where the guest has ended.
  bool Enter(InterruptHandle interrupt, uint32_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (has_ended_) return false;
    members_.push_back({id, std::move(interrupt)});
    return true;
  }
  void Leave(uint32_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    members_.erase(std::remove_if(members_.begin(), members_.end(), [&](const Member& m) { return m.id == id; }),
                   members_.end());
    for (HostThread& thread : threads_) thread.is_done = thread.is_done || thread.id == id;
  }

  // So that a guest that spawns one short thread after the other leaves no pile of them.
  void JoinDone() {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto done = std::partition(threads_.begin(), threads_.end(), [](const HostThread& t) { return !t.is_done; });
    for (auto thread = done; thread != threads_.end(); ++thread) pthread_join(thread->thread, nullptr);
    threads_.erase(done, threads_.end());
  }

  absl::Status Cause() {
    std::lock_guard<std::mutex> lock(mutex_);
    return cause_;
  }

  const std::shared_ptr<const Module> module_;
  const std::shared_ptr<WasiContext> context_;
  WasiThreadsOptions options_;
  const bool can_start_;
  std::vector<std::pair<const Import*, SharedMemory>> memories_;

  std::mutex mutex_;  // guards what follows
  std::vector<Member> members_;
  std::vector<HostThread> threads_;
  uint32_t last_id_ = 0;
  bool has_ended_ = false;
  bool main_was_interrupted_ = false;
  absl::Status cause_;
};

bool WasiThreads::IsWantedBy(const Module& module) {
  return std::any_of(module.imports.begin(), module.imports.end(), [&](const Import& import) {
    const bool is_spawn = import.kind == ExternKind::kFunc && import.module == kModule && import.name == kSpawn;
    return is_spawn || IsSharedMemory(module, import);
  });
}

absl::StatusOr<WasiThreads> WasiThreads::Create(std::shared_ptr<const Module> module,
                                                std::shared_ptr<WasiContext> context, WasiThreadsOptions options) {
  auto group = std::make_shared<Group>(std::move(module), std::move(context), std::move(options));
  RETURN_IF_ERROR(group->MakeMemories());
  return WasiThreads(std::move(group));
}

WasiThreads::WasiThreads(std::shared_ptr<Group> group) : group_(std::move(group)) {}
WasiThreads::WasiThreads(WasiThreads&&) = default;
WasiThreads& WasiThreads::operator=(WasiThreads&&) = default;

WasiThreads::~WasiThreads() {
  if (group_ == nullptr) return;
  Stop();
  group_->JoinAll();
}

void WasiThreads::Define(Linker& linker) const { group_->Define(linker); }

absl::Status WasiThreads::Run(Store& store, const std::function<absl::Status()>& main) {
  return group_->Run(store, main);
}

void WasiThreads::Stop() const { group_->End(MakeTrap(TrapCode::kInterrupted, "stopped by the host")); }

}  // namespace umiak
