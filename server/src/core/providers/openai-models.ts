import type { ModelFacts } from './remote/remote-kind.ts';

/** As OpenAI's reference of `POST /v1/embeddings` states them. */
const limits = { maxItems: 2048, maxTokens: 300_000 };
const shared = { maxTokensPerText: 8192, limits };

/** https://platform.openai.com/docs/guides/embeddings, the default one first. */
export const OPENAI_MODELS: readonly ModelFacts[] = [
  {
    name: 'text-embedding-3-small',
    dimensions: 1536,
    otherDimensions: 'shorter',
    ...shared,
  },
  {
    name: 'text-embedding-3-large',
    dimensions: 3072,
    otherDimensions: 'shorter',
    ...shared,
  },
  {
    name: 'text-embedding-ada-002',
    // There was a first one, whose vectors were others.
    version: 'text-embedding-ada-002-v2',
    dimensions: 1536,
    otherDimensions: 'none',
    ...shared,
  },
];

export const OTHER_OPENAI_MODEL: Omit<ModelFacts, 'name'> = {
  dimensions: null,
  otherDimensions: 'any',
  ...shared,
};

/** All of OpenAI's embedding models use `cl100k_base`. */
export async function loadOpenAiTokenizer(): Promise<(text: string) => number> {
  const { countCl100kTokens } = await import('./cl100k.ts');
  return remembering(countCl100kTokens);
}

const MOST_REMEMBERED = 8192;

/** A text is counted when a batch is filled, again when it is sent and when it is billed. */
function remembering(count: (text: string) => number): (text: string) => number {
  const counted = new Map<string, number>();
  return (text) => {
    let tokens = counted.get(text);
    if (tokens === undefined) {
      tokens = count(text);
      if (counted.size >= MOST_REMEMBERED) counted.clear();
      counted.set(text, tokens);
    }
    return tokens;
  };
}
