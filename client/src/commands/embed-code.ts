import type { EmbedOutcome, EmbedResult } from '../../../server/protocol/embed.ts';
import type { CodeAtCursor } from '../code-at-cursor.ts';
import type { Parts } from '../parts.ts';
import { NotSent } from '../server-errors.ts';
import { askToSend } from '../ui/ask-to-send.ts';

export interface EmbeddedCode extends EmbedResult {
  readonly outcome: EmbedOutcome & { readonly kind: 'hit' | 'miss' };
  readonly vector: readonly number[];
}

/** Null when the user did not agree to send the text. Throws when it could not be embedded. */
export async function embedCode(parts: Parts, code: CodeAtCursor): Promise<EmbeddedCode | null> {
  if ((await askToSend(parts)) === 'refused') return null;
  await parts.use.markUsed();
  const params = { texts: [code.text], includeVectors: true, uri: code.uri.toString() };
  const { signal } = new AbortController();
  const result = await parts.api.request('embeddingCache/embed', params, signal);
  const [outcome] = result.outcomes;
  if (outcome?.kind === 'withheld') throw new NotSent({ kind: outcome.reason });
  if (outcome === undefined || outcome.kind === 'failed') {
    throw new Error(outcome?.reason ?? 'the server gave no embedding');
  }
  return { ...result, outcome, vector: outcome.vector ?? [] };
}
