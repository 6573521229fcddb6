;; The benchmark game's binary-trees with structs: many short-lived trees beside one that stays.
(module
  (type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree))))

  (func $make (param $depth i32) (result (ref $tree))
    (if (i32.eqz (local.get $depth))
      (then (return (struct.new $tree (ref.null $tree) (ref.null $tree)))))
    (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
    (struct.new $tree (call $make (local.get $depth)) (call $make (local.get $depth))))

  (func $count (param $tree (ref null $tree)) (result i32)
    (if (ref.is_null (local.get $tree)) (then (return (i32.const 0))))
    (i32.add
      (i32.add (call $count (struct.get $tree $left (local.get $tree))) (i32.const 1))
      (call $count (struct.get $tree $right (local.get $tree)))))

  ;; Nodes counted in all trees up to that depth.
  (func (export "run") (param $max i32) (result i32)
    (local $kept (ref null $tree)) (local $depth i32) (local $rounds i32) (local $sum i32)
    (local.set $kept (call $make (local.get $max)))
    (local.set $depth (i32.const 4))
    (loop $depths
      (local.set $rounds (i32.shl (i32.const 1) (i32.add (i32.sub (local.get $max) (local.get $depth)) (i32.const 4))))
      (loop $round
        (local.set $sum (i32.add (local.get $sum) (call $count (call $make (local.get $depth)))))
        (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
      (local.set $depth (i32.add (local.get $depth) (i32.const 2)))
      (br_if $depths (i32.le_u (local.get $depth) (local.get $max))))
    (i32.add (local.get $sum) (call $count (local.get $kept)))))
