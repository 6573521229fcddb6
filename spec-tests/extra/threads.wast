;; Threads of a script: each has a store of its own, and the shared memories of the module that it names.
(module $Mem
  (memory (export "shared") 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0))))

(thread $T1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 10 shared)
    (func (export "run") (result i32)
      (i32.atomic.store (i32.const 0) (i32.const 42))
      ;; Until the other thread has seen it.
      (loop $again (br_if $again (i32.ne (i32.atomic.load (i32.const 4)) (i32.const 43))))
      (i32.const 1)))
  (assert_return (invoke "run") (i32.const 1)))

(thread $T2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 1 shared)
    (func (export "run") (result i32)
      (loop $again (br_if $again (i32.ne (i32.atomic.load (i32.const 0)) (i32.const 42))))
      (i32.atomic.store (i32.const 4) (i32.const 43))
      (i32.const 2))
    (func (export "other") (result i32) (unreachable)))
  (assert_return (invoke "run") (i32.const 2))
  (assert_trap (invoke "other") "unreachable")
  ;; The module is the other thread's: only its memory is here.
  (assert_unlinkable (module (import "mem" "load" (func))) "unknown import"))

(wait $T1)
(wait $T2)

(assert_return (invoke $Mem "load" (i32.const 0)) (i32.const 42))
(assert_return (invoke $Mem "load" (i32.const 4)) (i32.const 43))
