import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PACKS_PER_CALL,
  type PackCodes,
  PlainPackCodes,
  WasmPackCodes,
} from '../../../server/src/core/index/pack-codes.ts';
import { PACK_SLOTS, packQuery, strideOf } from '../../../server/src/core/index/pack.ts';
import { bundledScanKernel } from '../../../server/src/core/index/scan-kernel.ts';

const kernel = bundledScanKernel()!;

/** The same pseudo-random codes for the same seed, extremes among them. */
function fill(codes: PackCodes, packs: number, seed: number): void {
  let state = seed;
  for (let position = 0; position < packs; position++) {
    const pack = codes.at(position);
    for (let i = 0; i < pack.length; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const code = (state >>> 16) % 260;
      pack[i] = code < 250 ? (code % 255) - 127 : code % 2 === 0 ? 127 : -127;
    }
  }
}

describe('the compiled scan', () => {
  it('gives the same whole numbers as the loop in TypeScript', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }).chain((dimensions) =>
          fc.record({
            packs: fc.integer({ min: 1, max: 5 }),
            seed: fc.integer(),
            query: fc.float32Array({
              minLength: dimensions,
              maxLength: dimensions,
              noNaN: true,
              noDefaultInfinity: true,
            }),
          }),
        ),
        ({ packs, seed, query }) => {
          const stride = strideOf(query.length);
          const plain = new PlainPackCodes(stride);
          const wasm = new WasmPackCodes(stride, kernel);
          for (const codes of [plain, wasm]) {
            codes.grow(packs);
            fill(codes, packs, seed);
          }
          const { numbers } = packQuery(query);
          for (let position = 0; position < packs; position++) {
            const count = Math.min(PACKS_PER_CALL, packs - position);
            expect([...wasm.multiply(position, count, numbers)]).toEqual([
              ...plain.multiply(position, count, numbers),
            ]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([16, 384, 3072, 65_536])(
    'does not overflow where all of %i codes and the query are at their largest',
    (dimensions) => {
      const wasm = new WasmPackCodes(dimensions, kernel);
      wasm.grow(1);
      wasm.at(0).forEach((_, i, codes) => {
        codes[i] = i % 2 === 0 ? 255 : 127;
      });
      const { numbers } = packQuery(new Float32Array(dimensions).fill(1));
      const sum = ((255 + 127) / 2) * numbers[0]! * dimensions;
      expect(sum).toBeLessThan(2 ** 31);
      expect([...wasm.multiply(0, 1, numbers)]).toEqual(Array<number>(PACK_SLOTS).fill(sum));
    },
  );

  it('keeps what is packed when it grows', () => {
    const wasm = new WasmPackCodes(256, kernel);
    wasm.grow(2);
    fill(wasm, 2, 7);
    const before = Buffer.from(wasm.at(1)).toString('hex');
    wasm.grow(40);
    expect(Buffer.from(wasm.at(1)).toString('hex')).toBe(before);
    expect(wasm.at(41).every((code) => code === 0)).toBe(true);
  });
});
