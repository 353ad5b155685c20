import { spaceIdOf, type EmbeddingSpace } from '../../core/keys/space.ts';
import { count } from './output/figures.ts';
import { oneLine } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Ids of the spaces that `--space` names, by id or by model. Throws UsageError for none. */
export function chosenSpaces(spaces: readonly EmbeddingSpace[], named: string): string[] {
  const chosen = spaces.filter((space) => named === spaceIdOf(space) || named === space.model);
  if (chosen.length > 0) return chosen.map(spaceIdOf);
  const known = spaces.map(
    (space) =>
      `  ${spaceIdOf(space)}  ${oneLine(space.model)}, ${count(space.dimensions, 'dimension')}`,
  );
  const there = known.length === 0 ? 'The cache is empty.' : `There are:\n${known.join('\n')}`;
  throw new UsageError(`No space “${named}”. ${there}`);
}
