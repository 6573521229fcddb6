;; 10^8 tail calls by reference.
(module
  (type $down (func (param i32) (result i32)))
  (elem declare func $down)
  (func $down (export "down") (type $down)
    (if (result i32) (local.get 0)
      (then (return_call_ref $down (i32.sub (local.get 0) (i32.const 1)) (ref.func $down)))
      (else (i32.const 7)))))
(assert_return (invoke "down" (i32.const 100_000_000)) (i32.const 7))
