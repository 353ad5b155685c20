import type { Block } from './blocks.ts';
import type { ChunkKind } from './chunk.ts';

/** A stretch of whole lines of a text, with what is known about it. */
export interface Section extends Block {
  readonly kind: ChunkKind;
  /** Names it defines itself; those of its parts are theirs. */
  readonly names: readonly string[];
  /** Names of what it belongs to without lying in it: a Go method's type, C++'s `Type::`. */
  readonly owners: readonly string[];
  /** 0-based line that tells it from its neighbours: of its name, not of the comment above. */
  readonly anchor: number;
  /** Its parts are chunks of their own even where the whole would fit into one. */
  readonly open: boolean;
  /** In order, covering all its lines; fewer than two where it has no structure. */
  parts(): Section[];
}
