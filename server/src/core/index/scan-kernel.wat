;; Inner products of one query with many rows of codes, in whole numbers.
;;
;; Rows come in fours (layout: pack.ts): sixteen codes of the first, sixteen of the second, of the
;; third and of the fourth, then the next sixteen of each. Of sixteen codes those at even places are
;; bytes 0…255, those at odd places -128…127, so that one operation each widens them to int16: a mask
;; for the even ones, an arithmetic shift for the odd ones. The query has them in the same order:
;; eight int16 numbers for the even places, eight for the odd ones. Products are added up in pairs to
;; int32 (i32x4.dot_i16x8_s); the caller keeps the query small enough that a sum fits.
(module
  (import "env" "memory" (memory 1))

  (func (export "scan")
    (param $codes i32)   ;; address of the first four rows
    (param $rows i32)    ;; a multiple of four
    (param $stride i32)  ;; codes of a row, a multiple of sixteen
    (param $query i32)   ;; address of the query
    (param $sums i32)    ;; address of one int32 per row, written here
    (local $sums-end i32)
    (local $four-end i32)
    (local $at i32)
    (local $mask v128)
    (local $even v128)
    (local $odd v128)
    (local $a v128)
    (local $b v128)
    (local $c v128)
    (local $d v128)

    (local.set $mask (v128.const i32x4 0x00ff00ff 0x00ff00ff 0x00ff00ff 0x00ff00ff))
    (local.set $sums-end
      (i32.add (local.get $sums) (i32.shl (local.get $rows) (i32.const 2))))
    (loop $each-four-rows
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (local.set $c (v128.const i32x4 0 0 0 0))
      (local.set $d (v128.const i32x4 0 0 0 0))
      (local.set $at (local.get $query))
      (local.set $four-end
        (i32.add (local.get $codes) (i32.shl (local.get $stride) (i32.const 2))))

      (loop $each-sixteen
        (local.set $even (v128.load (local.get $at)))
        (local.set $odd (v128.load offset=16 (local.get $at)))
        (local.set $a (i32x4.add (local.get $a)
          (call $product (v128.load (local.get $codes)) (local.get $mask) (local.get $even) (local.get $odd))))
        (local.set $b (i32x4.add (local.get $b)
          (call $product (v128.load offset=16 (local.get $codes)) (local.get $mask) (local.get $even) (local.get $odd))))
        (local.set $c (i32x4.add (local.get $c)
          (call $product (v128.load offset=32 (local.get $codes)) (local.get $mask) (local.get $even) (local.get $odd))))
        (local.set $d (i32x4.add (local.get $d)
          (call $product (v128.load offset=48 (local.get $codes)) (local.get $mask) (local.get $even) (local.get $odd))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 64)))
        (br_if $each-sixteen (i32.lt_u (local.get $codes) (local.get $four-end))))

      (i32.store (local.get $sums) (call $total (local.get $a)))
      (i32.store offset=4 (local.get $sums) (call $total (local.get $b)))
      (i32.store offset=8 (local.get $sums) (call $total (local.get $c)))
      (i32.store offset=12 (local.get $sums) (call $total (local.get $d)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 16)))
      (br_if $each-four-rows (i32.lt_u (local.get $sums) (local.get $sums-end)))))

  (func $product (param $code v128) (param $mask v128) (param $even v128) (param $odd v128) (result v128)
    (i32x4.add
      (i32x4.dot_i16x8_s (v128.and (local.get $code) (local.get $mask)) (local.get $even))
      (i32x4.dot_i16x8_s (i16x8.shr_s (local.get $code) (i32.const 8)) (local.get $odd))))

  (func $total (param $four v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $four)) (i32x4.extract_lane 1 (local.get $four)))
      (i32.add (i32x4.extract_lane 2 (local.get $four)) (i32x4.extract_lane 3 (local.get $four))))))
