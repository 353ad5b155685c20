import type { FieldWeights } from '../providers/provider.ts';
import { norm, unit, type Vector } from '../vectors/vector.ts';

/**
 * unit(unit(body) + path weight · unit(path words) + symbols weight · unit(symbol names)). The body
 * is embedded without its path, so that a moved file costs nothing and still ranks by its new name.
 */
export function composeVector(
  body: Vector,
  fields: { path: Vector | undefined; symbols: Vector | undefined },
  weights: FieldWeights,
): Vector {
  const sum = unit(body);
  for (const name of ['path', 'symbols'] as const) {
    const field = fields[name];
    if (!field) continue;
    const scale = weights[name] / norm(field);
    for (let i = 0; i < sum.length; i++) sum[i]! += scale * field[i]!;
  }
  return unit(sum);
}
