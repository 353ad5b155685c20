import type { GarbageReport } from '../../../core/maintenance.ts';
import { oneLine } from '../terminal.ts';
import { count, dollars, figure, size } from './figures.ts';
import { spaceFacts } from './space-facts.ts';

export function gcJson(report: GarbageReport): string {
  const spaces = report.spaces.map(({ space, ...figures }) => ({
    ...spaceFacts(space),
    ...figures,
  }));
  return `${JSON.stringify({ ...report, spaces })}\n`;
}

/** What the user is asked before anything goes. */
export function gcQuestion({ embeddings, texts, bytes, spaces }: GarbageReport): string {
  const cost = spaces.reduce((sum, space) => sum + space.costUsd, 0);
  const price = cost > 0 ? ` Making them again would cost about ${dollars(cost)}.` : '';
  return (
    `Remove ${figure(embeddings.removed)} of ${count(embeddings.total, 'embedding')} and ` +
    `${count(texts.removed, 'text')}, which frees about ${size(bytes.before - bytes.after)}?${price}`
  );
}

export function gcSummary({ dryRun, embeddings, texts, bytes, spaces }: GarbageReport): string {
  const verb = dryRun ? 'Would remove' : 'Removed';
  const lines = [
    `${verb} ${figure(embeddings.removed)} of ${count(embeddings.total, 'embedding')} and ${figure(texts.removed)} of ${count(texts.total, 'text')}.`,
    ...spaces
      .filter(({ removed }) => removed > 0)
      .map(
        ({ space, removed, embeddings: all }) =>
          `  ${oneLine(space.model)}, ${count(space.dimensions, 'dimension')}: ${figure(removed)} of ${figure(all)}`,
      ),
    dryRun
      ? `Vectors and texts fill ${size(bytes.before)}; afterwards about ${size(bytes.after)}.`
      : `Vectors and texts filled ${size(bytes.before)}; now ${size(bytes.after)}.`,
  ];
  return `${lines.join('\n')}\n`;
}
