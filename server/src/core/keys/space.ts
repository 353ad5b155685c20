import { createHash } from 'node:crypto';
import type { VectorForm } from '../vectors/vector-form.ts';

/** `both`: the model treats documents and queries alike, so one space serves them. */
export type Role = 'document' | 'query' | 'both';

/** Everything besides the text that changes a vector. Two spaces never share a shard. */
export interface EmbeddingSpace extends VectorForm {
  /** Provider kind: `embedded`, `openai`, … */
  readonly provider: string;
  /** Endpoint origin where it is not the provider's own, else null. */
  readonly origin: string | null;
  /** Model name, with its exact version or digest where the provider gives one. */
  readonly model: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** Length the user asked for; null where the model's own is taken. */
  readonly requestedDimensions: number | null;
  readonly role: Role;
  /** Put before every text by us, e.g. `query: `. */
  readonly prefix: string;
  /** Rule for texts longer than the model takes; absent where there is none. */
  readonly longTexts?: string;
}

/** Canonical text of a space: the same space gives the same text on any machine. */
export function canonicalSpace(space: EmbeddingSpace): string {
  return JSON.stringify([
    space.provider,
    space.origin,
    space.model,
    space.dimensions,
    space.requestedDimensions,
    space.element,
    space.role,
    space.prefix,
    space.normalised,
    ...(space.longTexts === undefined ? [] : [space.longTexts]),
  ]);
}

/** First 8 bytes of SHA-256 of the canonical space, hex: 16 characters. */
export function spaceIdOf(space: EmbeddingSpace): string {
  return createHash('sha256').update(canonicalSpace(space)).digest('hex').slice(0, 16);
}
