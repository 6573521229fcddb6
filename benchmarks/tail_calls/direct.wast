;; 10^8 tail calls of a function to itself.
(module
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (return_call $down (i32.sub (local.get 0) (i32.const 1))))
      (else (i32.const 7)))))
(assert_return (invoke "down" (i32.const 100_000_000)) (i32.const 7))
