/**
 * The outermost block around a line, told by indentation alone: what stands for a symbol in a
 * language that no extension understands. `line` and the answer's lines are 0-based, inclusive.
 */
export function blockAt(
  lines: readonly string[],
  line: number,
): { readonly start: number; readonly end: number } | null {
  if (isBlank(lines[line])) return null;
  let start = line;
  while (start > 0 && !opens(lines[start])) start--;
  let end = start;
  for (let next = start + 1; next < lines.length; next++) {
    const text = lines[next];
    if (isBlank(text)) continue;
    if (opens(text)) break;
    end = next;
  }
  return { start, end };
}

/** A line at the margin that does not close something begun above. */
function opens(text: string | undefined): boolean {
  return text !== undefined && /^[^\s})\]]/.test(text) && !/^(end|fi|done|esac)\b/.test(text);
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
