;; Merge sort of linked lists of pseudo-random numbers.
(module
  (type $node (struct (field $value i32) (field $next (mut (ref null $node)))))

  (func $random (param $length i32) (param $seed i32) (result (ref null $node))
    (local $list (ref null $node))
    (loop $l
      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
      (local.set $list (struct.new $node (i32.shr_u (local.get $seed) (i32.const 8)) (local.get $list)))
      (br_if $l (local.tee $length (i32.sub (local.get $length) (i32.const 1)))))
    (local.get $list))

  (func $merge (param $a (ref null $node)) (param $b (ref null $node)) (result (ref null $node))
    (local $head (ref $node)) (local $tail (ref $node))
    (local.set $head (struct.new $node (i32.const 0) (ref.null $node)))
    (local.set $tail (local.get $head))
    (block $done
      (loop $l
        (br_if $done (ref.is_null (local.get $a)))
        (br_if $done (ref.is_null (local.get $b)))
        (if (i32.le_u (struct.get $node $value (local.get $a)) (struct.get $node $value (local.get $b)))
          (then
            (struct.set $node $next (local.get $tail) (local.get $a))
            (local.set $tail (ref.as_non_null (local.get $a)))
            (local.set $a (struct.get $node $next (local.get $a))))
          (else
            (struct.set $node $next (local.get $tail) (local.get $b))
            (local.set $tail (ref.as_non_null (local.get $b)))
            (local.set $b (struct.get $node $next (local.get $b)))))
        (br $l)))
    (struct.set $node $next (local.get $tail)
      (select (result (ref null $node)) (local.get $b) (local.get $a) (ref.is_null (local.get $a))))
    (struct.get $node $next (local.get $head)))

  ;; Splits at the middle, sorts both halves, merges.
  (func $sort (param $list (ref null $node)) (param $length i32) (result (ref null $node))
    (local $half i32) (local $i i32) (local $at (ref null $node)) (local $rest (ref null $node))
    (if (i32.le_u (local.get $length) (i32.const 1)) (then (return (local.get $list))))
    (local.set $half (i32.shr_u (local.get $length) (i32.const 1)))
    (local.set $at (local.get $list))
    (local.set $i (i32.const 1))
    (block $done
      (loop $l
        (br_if $done (i32.ge_u (local.get $i) (local.get $half)))
        (local.set $at (struct.get $node $next (local.get $at)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $l)))
    (local.set $rest (struct.get $node $next (local.get $at)))
    (struct.set $node $next (local.get $at) (ref.null $node))
    (call $merge
      (call $sort (local.get $list) (local.get $half))
      (call $sort (local.get $rest) (i32.sub (local.get $length) (local.get $half)))))

  (func $hash (param $list (ref null $node)) (result i32)
    (local $hash i32)
    (loop $l
      (local.set $hash (i32.add (i32.mul (local.get $hash) (i32.const 31)) (struct.get $node $value (local.get $list))))
      (br_if $l (i32.eqz (ref.is_null (local.tee $list (struct.get $node $next (local.get $list)))))))
    (local.get $hash))

  ;; A hash over the sorted lists of that many rounds, each of 20 000 numbers.
  (func (export "run") (param $rounds i32) (result i32)
    (local $hash i32)
    (loop $l
      (local.set $hash (i32.xor (local.get $hash)
        (call $hash (call $sort (call $random (i32.const 20000) (local.get $rounds)) (i32.const 20000)))))
      (br_if $l (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $hash)))
