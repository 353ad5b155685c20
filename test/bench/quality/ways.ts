import { signalsFor } from '../../../server/src/core/search/ranking/rank.ts';
import { spreadFiles } from '../../../server/src/core/search/ranking/spread-files.ts';
import type { Signal } from '../../../server/src/core/search/ranking/signal.ts';
import { createRetriever } from '../../../server/src/core/search/retriever.ts';
import type { SearchMode } from '../../../server/src/core/search/search-hit.ts';
import type { GrepOrder } from './grep-order.ts';
import type { IndexedSet } from './indexed-set.ts';

/** A way of answering queries: names of texts, best first; a name once for each of its hits. */
export interface Way {
  readonly name: string;
  order(query: string, indexed: IndexedSet, grep: GrepOrder): Promise<string[]>;
}

/** Hits asked for: enough to meet ten files where one file has many hits. */
const DEEP_LIMIT = 100;
const PAGE_LIMIT = 10;
/** The same on every machine. */
const SIGNALS = signalsFor('linux');

/** Searching as the product does, with some of its parts. */
function searching(
  name: string,
  mode: SearchMode,
  signals: readonly Signal[],
  limit = DEEP_LIMIT,
): Way {
  const { signal } = new AbortController();
  return {
    name,
    async order(query, indexed) {
      const { reader } = indexed;
      const embed = (text: string) => indexed.embed(text);
      const retriever = createRetriever({
        reader: async () => reader,
        embedQuery: embed,
        embedDocument: embed,
        changedSince: async () => new Set(),
        signals,
      });
      const hits = await retriever.search([reader.folder], query, { limit, mode, signal });
      return hits.map(({ path }) => indexed.nameOf(path));
    },
  };
}

function without(left: Signal): Signal[] {
  return SIGNALS.filter((signal) => signal !== left);
}

export const WAYS: readonly Way[] = [
  { name: 'grep', order: async (query, _indexed, grep) => grep.order(query) },
  searching('BM25', 'text', []),
  searching('vectors', 'semantic', []),
  searching('fused', 'hybrid', []),
  searching('ranked', 'hybrid', SIGNALS),
  searching('10 hits', 'hybrid', SIGNALS, PAGE_LIMIT),
  // Which file stands first of all does not change with it; which files the first page has does.
  searching('10 hits −spread files', 'hybrid', without(spreadFiles), PAGE_LIMIT),
  ...SIGNALS.filter((signal) => signal !== spreadFiles).map((signal) =>
    searching(`−${signal.name}`, 'hybrid', without(signal)),
  ),
];
