import { PARAGRAPH, type OutlineEntry } from './outline-section.ts';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.+)$/;
const UNDERLINE = /^ {0,3}(?:=+|-{3,})[ \t]*$/;

/** Headings and paragraphs of a Markdown text; fenced code is a paragraph. */
export function markdownOutline(lines: readonly string[]): OutlineEntry[] {
  const entries: OutlineEntry[] = [];
  let fence: string | null = null;
  for (const [i, line] of lines.entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence)) fence = null;
      continue;
    }
    fence = mark ?? null;
    const heading = HEADING.exec(line);
    if (heading) {
      entries.push({ from: i, anchor: i, level: heading[1]!.length, names: slugOf(heading[2]!) });
    } else if (i > 0 && UNDERLINE.test(line) && /^ {0,3}\p{L}/u.test(lines[i - 1]!)) {
      const level = line.includes('=') ? 1 : 2;
      if (entries.at(-1)?.from === i - 1) entries.pop();
      entries.push({ from: i - 1, anchor: i - 1, level, names: slugOf(lines[i - 1]!) });
    } else if (!isBlank(line) && (i === 0 || isBlank(lines[i - 1]!))) {
      entries.push({ from: i, anchor: i, level: PARAGRAPH, names: [] });
    }
  }
  return entries;
}

/** Paragraphs: what blank lines part. */
export function paragraphOutline(lines: readonly string[]): OutlineEntry[] {
  const begins = (i: number) => !isBlank(lines[i]!) && (i === 0 || isBlank(lines[i - 1]!));
  return [...lines.keys()].filter(begins).map((i) => ({ from: i, anchor: i, level: 1, names: [] }));
}

const YAML_ENTRY =
  /^( *)(?:(- +)?(?:"([^"]+)"|'([^']+)'|([\p{L}\p{N}_$./-]+))\s*:(?= |$)|- |-$|---)/u;

/** Keys and list items of a YAML text, by indentation. */
export function yamlOutline(lines: readonly string[]): OutlineEntry[] {
  return entriesWithComments(lines, (line) => {
    const match = YAML_ENTRY.exec(line);
    if (!match) return null;
    const name = match[3] ?? match[4] ?? match[5];
    return { level: match[1]!.length, names: name === undefined ? [] : nameOf(name) };
  });
}

const TOML_TABLE = /^\[\[?\s*([\p{L}\p{N}_."' -]+?)\s*\]\]?\s*(?:#.*)?$/u;

/** Tables of a TOML text. */
export function tomlOutline(lines: readonly string[]): OutlineEntry[] {
  return entriesWithComments(lines, (line) => {
    const name = TOML_TABLE.exec(line)?.[1];
    return name === undefined ? null : { level: 1, names: nameOf(name) };
  });
}

/** Comments right above an entry belong to it. */
function entriesWithComments(
  lines: readonly string[],
  entryOn: (line: string) => { level: number; names: string[] } | null,
): OutlineEntry[] {
  const entries: OutlineEntry[] = [];
  let comment: number | null = null;
  for (const [i, line] of lines.entries()) {
    const entry = entryOn(line);
    if (entry) entries.push({ from: comment ?? i, anchor: i, ...entry });
    if (!/^\s*#/.test(line)) comment = null;
    else comment ??= i;
  }
  return entries;
}

/** A heading as one word, as links to it are written: `Getting started!` → `getting-started`. */
function slugOf(heading: string): string[] {
  const words = heading.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 ? [] : [words.slice(0, 12).join('-')];
}

function nameOf(key: string): string[] {
  const name = key.trim().replace(/\s+/g, '-');
  return name === '' ? [] : [name];
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}
