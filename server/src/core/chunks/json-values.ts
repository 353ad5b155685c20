/** A member of a JSON object or an item of an array, by offsets into the text. */
export interface JsonItem {
  /** Null for an array's. */
  readonly key: string | null;
  readonly start: number;
  readonly valueStart: number;
  /** Exclusive; a comma behind it is not its own. */
  readonly end: number;
}

/** Where the text's one value begins. */
export function jsonStart(text: string): number {
  return skipBlank(text, 0);
}

/**
 * What the object or array at `start` holds; nothing for another value. Comments are passed over.
 * In a text that is no JSON the items are whatever stands between its commas and brackets.
 */
export function jsonItemsAt(text: string, start: number): JsonItem[] {
  const open = text[start];
  if (open !== '{' && open !== '[') return [];
  const items: JsonItem[] = [];
  let at = skipBlank(text, start + 1);
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    const itemStart = at;
    let key: string | null = null;
    let valueStart = at;
    if (open === '{') {
      const keyEnd = valueEnd(text, at);
      key = keyIn(text.slice(at, keyEnd));
      const colon = skipBlank(text, keyEnd);
      valueStart = text[colon] === ':' ? skipBlank(text, colon + 1) : colon;
    }
    const end = Math.max(valueEnd(text, valueStart), itemStart + 1);
    items.push({ key, start: itemStart, valueStart, end });
    at = skipBlank(text, end);
    if (text[at] === ',') at = skipBlank(text, at + 1);
  }
  return items;
}

/** Past a string, a bracketed value with all in it, or a bare word. */
function valueEnd(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  if (text[start] !== '{' && text[start] !== '[') {
    let end = start;
    while (end < text.length && !/[\s,:{}[\]"]/.test(text[end]!)) end++;
    return end;
  }
  let depth = 0;
  for (let at = start; at < text.length; at = skipComment(text, at + 1)) {
    const character = text[at]!;
    if (character === '"') at = stringEnd(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function skipBlank(text: string, start: number): number {
  let at = skipComment(text, start);
  while (at < text.length && /\s/.test(text[at]!)) at = skipComment(text, at + 1);
  return at;
}

function skipComment(text: string, start: number): number {
  let at = start;
  for (;;) {
    const close = text.startsWith('//', at) ? '\n' : text.startsWith('/*', at) ? '*/' : null;
    if (close === null) return at;
    const end = text.indexOf(close, at + 2);
    at = end < 0 ? text.length : end + close.length;
  }
}

function keyIn(text: string): string | null {
  const key = /^"?(.*?)"?$/s.exec(text)?.[1];
  return key === undefined || key === '' ? null : key;
}
