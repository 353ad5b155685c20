import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_PACKS,
  type PackCodes,
  PlainPackCodes,
  WasmPackCodes,
} from '../../../server/src/core/index/pack-codes.ts';
import {
  PACK_SLOTS,
  type PackedQuery,
  packQuery,
  strideOf,
} from '../../../server/src/core/index/pack.ts';
import { bundledScanKernel } from '../../../server/src/core/index/scan-kernel.ts';

const kernel = bundledScanKernel()!;

/** The same pseudo-random codes and scales for the same seed, extremes among them. */
function fill(codes: PackCodes, packs: number, seed: number): void {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
  for (let position = 0; position < packs; position++) {
    const pack = codes.at(position);
    for (let i = 0; i < pack.codes.length; i++) {
      const code = next() % 260;
      pack.codes[i] = code < 250 ? (code % 255) - 127 : code % 2 === 0 ? 127 : -127;
    }
    for (let i = 0; i < pack.scales.length; i++) pack.scales[i] = (next() % 100) / 100;
  }
}

/** Everything of a call, to be compared: what it returns is its own until the next one. */
function scoresOf(codes: PackCodes, packs: number, query: PackedQuery, bar: number): number[][] {
  const all: number[][] = [];
  for (let position = 0; position < packs; position += BLOCK_PACKS) {
    const count = Math.min(BLOCK_PACKS, packs - position);
    const { scores, fours } = codes.score(position, count, query, bar);
    all.push([...scores], [...fours]);
  }
  return all;
}

describe('the compiled scan', () => {
  it('gives the same numbers as the loop in TypeScript, to the bit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }).chain((dimensions) =>
          fc.record({
            packs: fc.integer({ min: 1, max: BLOCK_PACKS + 2 }),
            seed: fc.integer(),
            place: fc.nat(),
            query: fc.float32Array({
              minLength: dimensions,
              maxLength: dimensions,
              noNaN: true,
              noDefaultInfinity: true,
            }),
          }),
        ),
        ({ packs, seed, place, query }) => {
          const stride = strideOf(query.length);
          const plain = new PlainPackCodes(stride);
          const wasm = new WasmPackCodes(stride, kernel);
          for (const codes of [plain, wasm]) {
            codes.grow(packs);
            fill(codes, packs, seed);
          }
          const packed = packQuery(query);
          const expected = scoresOf(plain, packs, packed, -Infinity);
          expect(scoresOf(wasm, packs, packed, -Infinity)).toEqual(expected);
          // A bar that some are above, one is on, and some are below.
          const bar = expected[0]![place % expected[0]!.length]!;
          const above = scoresOf(plain, packs, packed, bar);
          expect(scoresOf(wasm, packs, packed, bar)).toEqual(above);
          const [scores, fours] = above;
          const isAbove = (four: number) => scores!.slice(four, four + 4).some((x) => x > bar);
          const all = Array.from({ length: scores!.length / 4 }, (_, i) => 4 * i);
          expect(fours).toEqual(all.filter(isAbove));
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
      const { codes, scales } = wasm.at(0);
      codes.forEach((_, i) => {
        codes[i] = i % 2 === 0 ? 255 : 127;
      });
      scales.fill(1);
      const packed = packQuery(new Float32Array(dimensions).fill(1));
      const sum = ((255 + 127) / 2) * packed.numbers[0]! * dimensions;
      expect(sum).toBeLessThan(2 ** 31);
      const { scores } = wasm.score(0, 1, { ...packed, bias: 0 }, 0);
      expect([...scores]).toEqual(Array<number>(PACK_SLOTS).fill(Math.fround(sum)));
    },
  );

  it('keeps what is packed when it grows', () => {
    const wasm = new WasmPackCodes(256, kernel);
    wasm.grow(2);
    fill(wasm, 2, 7);
    const bytes = () => {
      const { codes, scales } = wasm.at(1);
      return [Buffer.from(codes).toString('hex'), [...scales]];
    };
    const before = bytes();
    wasm.grow(40);
    expect(bytes()).toEqual(before);
    expect(wasm.at(41).codes.every((code) => code === 0)).toBe(true);
    expect(wasm.at(41).scales.every((scale) => scale === 0)).toBe(true);
  });
});
