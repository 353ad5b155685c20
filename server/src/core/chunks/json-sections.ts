import type { Block } from './blocks.ts';
import { jsonItemsAt, jsonStart, type JsonItem } from './json-values.ts';
import { LineStarts } from './line-starts.ts';
import type { Section } from './section.ts';

/** Sections of a JSON text: the members of its object, or the items of its array. */
export function jsonSections(text: string, lines: readonly string[]): Section {
  const starts = new LineStarts(lines);
  const whole = { from: 0, to: lines.length };
  return sectionOf(whole, [], true, () => itemsAt(text, starts, jsonStart(text), whole));
}

function itemsAt(text: string, starts: LineStarts, start: number, whole: Block): Section[] {
  const groups: { from: number; to: number; items: JsonItem[] }[] = [];
  for (const item of jsonItemsAt(text, start)) {
    const from = starts.lineAt(item.start);
    const to = starts.lineAt(item.end - 1) + 1;
    const last = groups.at(-1);
    // Lines are never shared: what stands on one belongs together.
    if (last && from < last.to) {
      last.to = Math.max(to, last.to);
      last.items.push(item);
    } else groups.push({ from, to, items: [item] });
  }
  return groups.map(({ from, items }, i) => {
    const stretch = {
      from: i === 0 ? whole.from : from,
      to: groups[i + 1]?.from ?? whole.to,
    };
    const names = items.flatMap(({ key }) => (key === null ? [] : [key.replace(/\s+/g, '-')]));
    const [only] = items;
    return sectionOf(stretch, names, false, () =>
      items.length === 1 ? itemsAt(text, starts, only!.valueStart, stretch) : [],
    );
  });
}

function sectionOf(
  { from, to }: Block,
  names: readonly string[],
  open: boolean,
  parts: () => Section[],
): Section {
  return { from, to, kind: 'entry', names, owners: [], anchor: from, open, parts };
}
