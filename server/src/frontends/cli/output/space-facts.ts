import { spaceIdOf, type EmbeddingSpace } from '../../../core/keys/space.ts';

/** A space as the `--json` output of every command names it. */
export function spaceFacts(space: EmbeddingSpace) {
  const { provider, model, dimensions, element } = space;
  return { id: spaceIdOf(space), provider, model, dimensions, type: element };
}
