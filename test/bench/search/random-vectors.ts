import { unit } from '../../../server/src/core/vectors/vector.ts';

/** Uniform numbers between 0 and 1, the same for the same seed (xorshift32). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Unit vectors as models give them: in clusters, of which a thousand are tight. */
export function clusteredVectors(dimensions: number, seed: number): () => Float32Array {
  const uniform = uniforms(seed);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const random = () => Float32Array.from({ length: dimensions }, normal);
  const centres = Array.from({ length: 1000 }, random);
  // Drawing a normal number for each dimension of a million vectors would take minutes.
  const noise = Float32Array.from({ length: 1 << 16 }, normal);
  return () => {
    const centre = centres[Math.floor(uniform() * centres.length)]!;
    const spread = 0.2 + uniform();
    const from = Math.floor(uniform() * (noise.length - dimensions));
    return unit(centre.map((x, d) => x + spread * noise[from + d]!));
  };
}
