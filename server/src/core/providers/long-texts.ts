import { hasDirection, unit, type Vector } from '../vectors/vector.ts';
import { inForm, type VectorForm } from '../vectors/vector-form.ts';
import type { ProviderOutcome } from './provider.ts';

/**
 * Name of the rule below, part of every space it is used in: a text that is longer than the model
 * takes is cut in two near its middle, best at the end of a line, and each half again until it fits.
 * Its vector is the mean of the parts' unit vectors, weighted by their length, scaled to unit length.
 */
export const HALVES_RULE = 'halves-1';

/** The text's parts, none of which `fits` says is too long; the text itself where it fits. */
export function* partsOf(
  text: string,
  fits: (part: string) => boolean,
): Generator<undefined, string[], undefined> {
  const parts: string[] = [];
  const waiting = [text];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    yield;
    if (part.length < 2 || fits(part)) {
      parts.push(part);
      continue;
    }
    const [first, second] = halvesOf(part);
    waiting.push(second, first);
  }
  return parts.length === 1 ? parts : parts.filter((part) => part.trim() !== '');
}

/** Two parts that together are the text; of at least one character each. */
export function halvesOf(text: string): [string, string] {
  const middle = Math.floor(text.length / 2);
  const reach = Math.floor(text.length / 4);
  const at =
    nearest(text, middle, reach, (i) => text[i - 1] === '\n') ??
    nearest(text, middle, reach, (i) => /\s/.test(text[i - 1]!)) ??
    characterStart(text, Math.max(1, middle));
  return [text.slice(0, at), text.slice(at)];
}

/** The vector of a text, or of a part of one. */
export interface PartVector {
  readonly vector: Vector;
  /** Of the part, as UTF-8. */
  readonly bytes: number;
}

/** What the parts of one text come to; none for a text that is blank. */
export function outcomeOfParts(parts: readonly PartVector[], form: VectorForm): ProviderOutcome {
  const [first, ...others] = parts;
  if (first === undefined) return { kind: 'failed', reason: 'The text is empty.' };
  if (others.length === 0) return { kind: 'vector', vector: first.vector };
  const vector = poolVectors(parts, form);
  if (vector === null) return { kind: 'failed', reason: 'The vectors of its parts cancel out.' };
  return { kind: 'vector', vector, shortened: 'split' };
}

/** For the log, where texts were split; null where none was. */
export function splitNote(outcomes: readonly ProviderOutcome[], model: string): string | null {
  const split = outcomes.filter((outcome) => outcome.kind === 'vector' && outcome.shortened);
  if (split.length === 0) return null;
  return `${split.length} of ${outcomes.length} texts are longer than ${model} takes: they were split, and the vectors of their parts averaged`;
}

/** One vector for a text of several parts; null where theirs cancel out. */
export function poolVectors(parts: readonly PartVector[], form: VectorForm): Vector | null {
  const sum = new Float64Array(parts[0]!.vector.length);
  for (const { vector, bytes } of parts) {
    const direction = unit(vector);
    for (let i = 0; i < sum.length; i++) sum[i]! += bytes * direction[i]!;
  }
  return hasDirection(sum) ? inForm(unit(sum), form) : null;
}

/** Never between the two halves of a character. */
function characterStart(text: string, at: number): number {
  const isWithin = /[\ud800-\udbff]/.test(text[at - 1]!) && /[\udc00-\udfff]/.test(text[at]!);
  return !isWithin ? at : at > 1 ? at - 1 : at + 1;
}

function nearest(
  text: string,
  middle: number,
  reach: number,
  isGood: (at: number) => boolean,
): number | null {
  for (let distance = 0; distance <= reach; distance++) {
    for (const at of [middle + distance, middle - distance]) {
      if (at > 0 && at < text.length && isGood(at)) return at;
    }
  }
  return null;
}
