import type { Role } from '../../keys/space.ts';
import type { VectorForm } from '../../vectors/vector-form.ts';

/** What one request asks for. */
export interface EmbeddingsRequest {
  readonly model: string;
  readonly texts: readonly string[];
  /** Length to ask for; null: none is sent. */
  readonly ask: number | null;
  /** Length every vector must have; null: any. */
  readonly expect: number | null;
  readonly role: Role;
  readonly form: VectorForm;
}

/** What an answer says, before any of it is trusted. */
export interface WireAnswer {
  readonly items: readonly WireItem[];
  /** Null where the endpoint does not report them. */
  readonly tokens: number | null;
  /** Name of the model that answered; null where the endpoint gives none. */
  readonly model: string | null;
}

export interface WireItem {
  /** Which of the texts it belongs to, as the answer says. */
  readonly index: unknown;
  /** Numbers, or base64 of little-endian float32. */
  readonly embedding: unknown;
}

/** How one API for embeddings is spoken. */
export interface WireFormat {
  /** Below the base URL, with a leading slash. */
  path(model: string): string;
  /** Headers that carry the key: never the address, which ends up in logs. */
  keyHeaders(key: string): Readonly<Record<string, string>>;
  body(request: EmbeddingsRequest): object;
  /** Null where this is no such answer. */
  read(body: unknown): WireAnswer | null;
}

export function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` };
}

/** How vectors are best sent: base64 is smaller, but holds float32. */
export function encodingFor({ element }: VectorForm): 'base64' | 'float' {
  return element === 'float64' ? 'float' : 'base64';
}

/** Answers that are a bare list of vectors: the place in it says whose each one is. */
export function itemsInOrder(embeddings: readonly unknown[]): WireItem[] {
  return embeddings.map((embedding, index) => ({ index, embedding }));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under these names, one inside the other; undefined where one is missing. */
export function valueAt(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
}

export function countOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

export function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
