import loadWabt from 'wabt';

const READ = `(module
  (import "env" "memory" (memory 1))
  (func (export "read") (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $next
      (local.set $a (v128.or (local.get $a) (v128.load (local.get $at))))
      (local.set $b (v128.or (local.get $b) (v128.load offset=16 (local.get $at))))
      (local.set $c (v128.or (local.get $c) (v128.load offset=32 (local.get $at))))
      (local.set $d (v128.or (local.get $d) (v128.load offset=48 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32x4.extract_lane 0
      (v128.or (v128.or (local.get $a) (local.get $b)) (v128.or (local.get $c) (local.get $d))))))`;

/** Milliseconds that reading so many bytes of memory once takes, and no work besides: a call a time. */
export async function memoryReader(bytes: number): Promise<() => number> {
  const wabt = await loadWabt();
  const module = wabt.parseWat('read.wat', READ, { simd: true });
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  const { instance } = await WebAssembly.instantiate(
    module.toBinary({}).buffer as Uint8Array<ArrayBuffer>,
    { env: { memory } },
  );
  const read = instance.exports['read'] as (at: number, end: number) => number;
  // Pages never written all share one of zeros.
  new Uint8Array(memory.buffer).fill(1);
  const end = Math.floor(bytes / 64) * 64;
  return () => {
    const start = performance.now();
    read(0, end);
    return performance.now() - start;
  };
}
