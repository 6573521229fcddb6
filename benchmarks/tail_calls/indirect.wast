;; 10^8 tail calls through a table.
(module
  (type $down (func (param i32) (result i32)))
  (table funcref (elem $down))
  (func $down (export "down") (type $down)
    (if (result i32) (local.get 0)
      (then (return_call_indirect (type $down) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
      (else (i32.const 7)))))
(assert_return (invoke "down" (i32.const 100_000_000)) (i32.const 7))
