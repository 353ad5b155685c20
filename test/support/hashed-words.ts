import { splitWords } from '../../server/src/core/chunks/words.ts';
import { textHashOf } from '../../server/src/core/keys/text-hash.ts';
import { unit, type Vector } from '../../server/src/core/vectors/vector.ts';

/** A stand-in for a model: texts that share words point the same way. Null for no words. */
export function hashedWords(text: string): Vector | null {
  const words = splitWords(text);
  if (words.length === 0) return null;
  const vector = new Float32Array(64);
  for (const word of words) {
    const bytes = Buffer.from(textHashOf(word), 'hex');
    for (const [i, byte] of bytes.entries()) vector[i]! += byte - 127.5;
  }
  return unit(vector);
}
