;; Scores of one query with many rows of codes, and which of them are above a bar.
;;
;; Rows come in fours (layout: pack.ts): sixteen codes of the first, sixteen of the second, of the
;; third and of the fourth, then the next sixteen of each. Of sixteen codes those at even places are
;; bytes 0…255, those at odd places -128…127, so that one operation each widens them to int16: a mask
;; for the even ones, an arithmetic shift for the odd ones. The query has them in the same order:
;; eight int16 numbers for the even places, eight for the odd ones. Products are added up in pairs to
;; int32 (i32x4.dot_i16x8_s); the caller keeps the query small enough that a sum fits.
;;
;; No function for the repeated lines: the first searches run what V8 compiles in haste, where calls
;; take five times as long.
(module
  (import "env" "memory" (memory 1))

  (func (export "scan")
    (param $codes i32)   ;; address of the first four rows
    (param $rows i32)    ;; a multiple of four
    (param $stride i32)  ;; codes of a row, a multiple of sixteen
    (param $scales i32)  ;; address of one float32 per row
    (param $query i32)   ;; address of the query
    (param $bias i32)    ;; taken from every sum
    (param $bar f32)
    (param $scores i32)  ;; address of one float32 per row, written here: (sum - bias) × scale
    (param $fours i32)   ;; address of one int32 for each four rows with a score above the bar,
                         ;; written here: number of the first of them
    (result i32)         ;; how many there are
    (local $row i32)
    (local $fours-start i32)
    (local $four-end i32)
    (local $at i32)
    (local $found i32)
    (local $mask v128)
    (local $even v128)
    (local $odd v128)
    (local $code v128)
    (local $a v128)
    (local $b v128)
    (local $c v128)
    (local $d v128)

    (local.set $mask (v128.const i32x4 0x00ff00ff 0x00ff00ff 0x00ff00ff 0x00ff00ff))
    (local.set $fours-start (local.get $fours))
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
        (local.set $code (v128.load (local.get $codes)))
        (local.set $a (i32x4.add (local.get $a) (i32x4.add
          (i32x4.dot_i16x8_s (v128.and (local.get $code) (local.get $mask)) (local.get $even))
          (i32x4.dot_i16x8_s (i16x8.shr_s (local.get $code) (i32.const 8)) (local.get $odd)))))
        (local.set $code (v128.load offset=16 (local.get $codes)))
        (local.set $b (i32x4.add (local.get $b) (i32x4.add
          (i32x4.dot_i16x8_s (v128.and (local.get $code) (local.get $mask)) (local.get $even))
          (i32x4.dot_i16x8_s (i16x8.shr_s (local.get $code) (i32.const 8)) (local.get $odd)))))
        (local.set $code (v128.load offset=32 (local.get $codes)))
        (local.set $c (i32x4.add (local.get $c) (i32x4.add
          (i32x4.dot_i16x8_s (v128.and (local.get $code) (local.get $mask)) (local.get $even))
          (i32x4.dot_i16x8_s (i16x8.shr_s (local.get $code) (i32.const 8)) (local.get $odd)))))
        (local.set $code (v128.load offset=48 (local.get $codes)))
        (local.set $d (i32x4.add (local.get $d) (i32x4.add
          (i32x4.dot_i16x8_s (v128.and (local.get $code) (local.get $mask)) (local.get $even))
          (i32x4.dot_i16x8_s (i16x8.shr_s (local.get $code) (i32.const 8)) (local.get $odd)))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 64)))
        (br_if $each-sixteen (i32.lt_u (local.get $codes) (local.get $four-end))))

      ;; Each row's four partial sums are added up: halves of a and b, of c and d, then of both.
      (local.set $a (i32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
      (local.set $c (i32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
      (local.set $a (i32x4.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c))))
      (local.set $a (f32x4.mul
        (f32x4.convert_i32x4_s (i32x4.sub (local.get $a) (i32x4.splat (local.get $bias))))
        (v128.load (local.get $scales))))
      (v128.store (local.get $scores) (local.get $a))
      ;; Always written, and kept if the next one comes behind it.
      (i32.store (local.get $fours) (local.get $row))
      (local.set $fours (i32.add (local.get $fours) (i32.shl
        (v128.any_true (f32x4.gt (local.get $a) (f32x4.splat (local.get $bar))))
        (i32.const 2))))
      (local.set $scores (i32.add (local.get $scores) (i32.const 16)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 16)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $each-four-rows (i32.lt_u (local.get $row) (local.get $rows))))
    (i32.shr_u (i32.sub (local.get $fours) (local.get $fours-start)) (i32.const 2))))
