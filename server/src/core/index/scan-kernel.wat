;; Inner products of one query with many rows of int8 codes, in whole numbers.
;;
;; A row is `stride` codes long, a multiple of 16; the query is `stride` int16 numbers. Sixteen codes
;; at a time are widened to int16, multiplied and added up in pairs to int32 (i32x4.dot_i16x8_s). The
;; caller keeps the query small enough that a sum fits int32. Two rows go together, so that each
;; piece of the query is loaded once for both; so the number of rows is even.
(module
  (import "env" "memory" (memory 1))

  (func (export "scan")
    (param $codes i32)   ;; address of the first row
    (param $rows i32)    ;; even
    (param $stride i32)  ;; codes of a row
    (param $query i32)   ;; address of the query
    (param $sums i32)    ;; address of one int32 per row, written here
    (local $last i32)
    (local $end i32)
    (local $at i32)
    (local $low v128)
    (local $high v128)
    (local $code v128)
    (local $first v128)
    (local $second v128)

    (local.set $last
      (i32.add (local.get $sums) (i32.shl (local.get $rows) (i32.const 2))))
    (block $done
      (loop $each-pair
        (br_if $done (i32.ge_u (local.get $sums) (local.get $last)))
        (local.set $first (v128.const i32x4 0 0 0 0))
        (local.set $second (v128.const i32x4 0 0 0 0))
        (local.set $at (local.get $query))
        (local.set $end (i32.add (local.get $codes) (local.get $stride)))

        (loop $each-sixteen
          (local.set $low (v128.load (local.get $at)))
          (local.set $high (v128.load offset=16 (local.get $at)))

          (local.set $code (v128.load (local.get $codes)))
          (local.set $first
            (i32x4.add (local.get $first)
              (i32x4.add
                (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $code)) (local.get $low))
                (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $code)) (local.get $high)))))

          (local.set $code (v128.load (i32.add (local.get $codes) (local.get $stride))))
          (local.set $second
            (i32x4.add (local.get $second)
              (i32x4.add
                (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $code)) (local.get $low))
                (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $code)) (local.get $high)))))

          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
          (br_if $each-sixteen (i32.lt_u (local.get $codes) (local.get $end))))

        (i32.store (local.get $sums) (call $total (local.get $first)))
        (i32.store offset=4 (local.get $sums) (call $total (local.get $second)))
        (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
        ;; The second row lies between here and the next pair.
        (local.set $codes (i32.add (local.get $codes) (local.get $stride)))
        (br $each-pair))))

  (func $total (param $four v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $four)) (i32x4.extract_lane 1 (local.get $four)))
      (i32.add (i32x4.extract_lane 2 (local.get $four)) (i32x4.extract_lane 3 (local.get $four))))))
