// What handlers need of a compiler: forced inlining, guaranteed tail calls, the register-rich calling convention.
// Macros, because attributes cannot be named otherwise.
#ifndef UMIAK_VM_INTERP_COMPILER_H_
#define UMIAK_VM_INTERP_COMPILER_H_

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))

#if defined(__clang__)
#define MUSTTAIL [[clang::musttail]]
#define PRESERVE_NONE __attribute__((preserve_none))
#else
// g++ makes sibling calls of calls with the same signature by itself (-foptimize-sibling-calls).
#define MUSTTAIL
#define PRESERVE_NONE
#endif

// All handlers lie in one section, so that the fault handler can tell their instructions from others.
#define HANDLER_SECTION __attribute__((section("umiak_handlers")))

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UMIAK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define UMIAK_SANITIZED 1
#endif
#endif

namespace umiak {

// Whether this build catches the faults of guarded memories: handlers must be tail calls of clang, and no sanitizer
// may stand between them and the signal.
#if defined(UMIAK_DISPATCH_TAIL) && defined(__clang__) && !defined(UMIAK_SANITIZED) && defined(__linux__) && \
    (defined(__x86_64__) || defined(__aarch64__))
#define UMIAK_GUARDED_MEMORY 1
constexpr bool GuardedMemorySupported() { return true; }
#else
constexpr bool GuardedMemorySupported() { return false; }
#endif

}  // namespace umiak

#endif  // UMIAK_VM_INTERP_COMPILER_H_
