;; 10^8 calls of a function that ends in a tail call of a host function.
(module
  (import "spectest" "print_i32" (func $host (param i32)))
  (import "spectest" "global_i32" (global i32))
  (func $to_host (param i32) (return_call $host (local.get 0)))
  (func (export "run") (param i32)
    (loop (call $to_host (local.get 0)) (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
(assert_return (invoke "run" (i32.const 100_000_000)))
