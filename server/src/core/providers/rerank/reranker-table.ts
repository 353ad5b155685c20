import { cohereReranker } from './cohere-reranker.ts';
import { jinaReranker } from './jina-reranker.ts';
import type { RerankerKind } from './reranker-kind.ts';
import { voyageReranker } from './voyage-reranker.ts';

/** Every reranker there is, in the order they are offered. A new one is a file and a line here. */
export const RERANKERS: readonly RerankerKind[] = [cohereReranker, voyageReranker, jinaReranker];

/** Null for `none`, and for a name that is not in the table. */
export function rerankerNamed(kind: string): RerankerKind | null {
  return RERANKERS.find((reranker) => reranker.kind === kind) ?? null;
}
