// Linked into every program of an AddressSanitizer build.
//
// abseil's headers poison the free slots of hash tables; the system's compiled abseil, not instrumented, moves
// tables without telling. Without this, growing a flat_hash_map is reported as use-after-poison (abseil 20240722).
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "allow_user_poisoning=0";
}
