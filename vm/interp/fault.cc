#include "vm/interp/fault.h"

#include "vm/interp/cold.h"
#include "vm/runtime/memory.h"

#if defined(__linux__)
#include <signal.h>
#include <ucontext.h>
#endif

namespace umiak {

namespace {

// The innermost guest execution of this thread.
thread_local Execution* current = nullptr;

}  // namespace

FaultScope::FaultScope(Execution* exec) : outer_(current) { current = exec; }
FaultScope::~FaultScope() { current = outer_; }

#if defined(UMIAK_GUARDED_MEMORY)

// The bounds of the handlers' section, from the linker.
extern "C" const char __start_umiak_handlers[] __attribute__((visibility("hidden")));
extern "C" const char __stop_umiak_handlers[] __attribute__((visibility("hidden")));

namespace {

struct sigaction previous_segv;
struct sigaction previous_bus;

#if defined(__x86_64__)
auto& ProgramCounter(ucontext_t* context) { return context->uc_mcontext.gregs[REG_RIP]; }
#else
auto& ProgramCounter(ucontext_t* context) { return context->uc_mcontext.pc; }
#endif

// To the handler that was there before us; if none was, the fault happens again, this time for good.
void PassOn(int signal, siginfo_t* info, void* context) {
  const struct sigaction& previous = signal == SIGSEGV ? previous_segv : previous_bus;
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal);
  } else {
    sigaction(signal, &previous, nullptr);
  }
}

void OnFault(int signal, siginfo_t* info, void* context) {
  auto* machine = static_cast<ucontext_t*>(context);
  auto& pc = ProgramCounter(machine);
  const auto* at = reinterpret_cast<const char*>(pc);
  if (current == nullptr || at < __start_umiak_handlers || at >= __stop_umiak_handlers ||
      !IsGuardedAddress(info->si_addr)) {
    PassOn(signal, info, context);
    return;
  }
  // SAFETY: the access is the last thing its handler did, so that the registers are still those the handler was
  // entered with: another handler can go on with them.
  current->fault_address = reinterpret_cast<uint64_t>(info->si_addr);
  using Word = std::remove_reference_t<decltype(pc)>;
  pc = static_cast<Word>(reinterpret_cast<uint64_t>(kTrapHandler<TrapCode::kOutOfBoundsMemory>));
}

bool Install() {
  struct sigaction action = {};
  action.sa_sigaction = OnFault;
  // NODEFER: an embedder's handler that we pass a fault on to may leave by longjmp.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  return sigaction(SIGSEGV, &action, &previous_segv) == 0 && sigaction(SIGBUS, &action, &previous_bus) == 0;
}

}  // namespace

void InstallFaultHandler() {
  [[maybe_unused]] static const bool kInstalled = Install();
}

#else

void InstallFaultHandler() {}

#endif

}  // namespace umiak
