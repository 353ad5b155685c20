import { Model } from 'objection';
import { canonicalSpace, type EmbeddingSpace, type Role } from '../../keys/space.ts';
import { HASH_FUNCTION } from '../../keys/text-hash.ts';
import type { ElementType } from '../../vectors/element.ts';

/** The one row that says which space a shard holds. */
export class SpaceRow extends Model {
  static override tableName = 'space';
  declare id: number;
  declare identity: string;
  declare provider: string;
  declare origin: string | null;
  declare model: string;
  declare dimensions: number;
  declare requestedDimensions: number | null;
  declare element: ElementType;
  declare role: Role;
  declare prefix: string;
  declare normalised: number;
  declare longTexts: string | null;
  declare hashFunction: string;

  space(): EmbeddingSpace {
    return {
      provider: this.provider,
      origin: this.origin,
      model: this.model,
      dimensions: this.dimensions,
      requestedDimensions: this.requestedDimensions,
      element: this.element,
      role: this.role,
      prefix: this.prefix,
      normalised: this.normalised === 1,
      ...(this.longTexts === null ? {} : { longTexts: this.longTexts }),
    };
  }
}

export function spaceRowOf(space: EmbeddingSpace): Partial<SpaceRow> {
  return {
    id: 1,
    identity: canonicalSpace(space),
    ...space,
    normalised: space.normalised ? 1 : 0,
    hashFunction: HASH_FUNCTION,
  };
}
