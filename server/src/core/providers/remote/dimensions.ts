import { Failure } from '../../errors.ts';
import type { EmbeddingSpace } from '../../keys/space.ts';
import type { ModelFacts } from './model-facts.ts';

/**
 * The length to ask for: null where the model's own is wanted, also where its own was named, so
 * that both share one space. Throws Failure `badSettings` for a length the model cannot give.
 */
export function dimensionsToAsk(
  provider: string,
  { name, dimensions, otherDimensions }: ModelFacts,
  wanted: number | null,
): number | null {
  if (wanted === null || wanted === dimensions) return null;
  const can =
    otherDimensions === 'any' ||
    (otherDimensions === 'shorter' && wanted <= (dimensions ?? Infinity)) ||
    (Array.isArray(otherDimensions) && otherDimensions.includes(wanted));
  if (can) return wanted;
  throw new Failure(
    'badSettings',
    `${name} gives ${offer(dimensions, otherDimensions)}, not ${wanted}.`,
    {
      provider,
    },
  );
}

function offer(own: number | null, others: ModelFacts['otherDimensions']): string {
  if (others === 'shorter') return `at most ${own} dimensions`;
  if (others === 'none' || others === 'any') return `${own ?? 'its own'} dimensions`;
  return `${[...others, own].join(', ')} dimensions`;
}

/** Null where no space, or more than one, has this model's own length. */
export function rememberedDimensions(
  wanted: Omit<EmbeddingSpace, 'dimensions'>,
  spaces: readonly EmbeddingSpace[],
): number | null {
  const keys = Object.keys(wanted) as (keyof typeof wanted)[];
  const lengths = spaces
    .filter((space) => keys.every((key) => space[key] === wanted[key]))
    .map(({ dimensions }) => dimensions);
  return lengths.length === 1 ? lengths[0]! : null;
}
