/** What the shape of one line says about blocks, whatever the language. */
export type LineKind =
  | 'blank'
  /** Comment, decorator or attribute: belongs to what follows. */
  | 'lead'
  /** Closes or continues the block above: `}`, `end`, `else`, `{`. */
  | 'close'
  | 'code';

export interface LineShape {
  readonly kind: LineKind;
  /** Columns of indentation, a tab counted as 4; a block comment's lines have that of its first. */
  readonly indent: number;
}

const LEAD =
  /^(?:\/\/|\/\*|#(?!\s*(?:define|include|if|ifdef|ifndef|elif|else|endif|undef|pragma|error|import)\b)|--(?!\w)|<!--|@[\p{L}_]|\[[\p{L}_][^=]*\]$|;;|%%)/u;
const CLOSE =
  /^(?:[)\]}>]+|\{\s*$|end\b|fi\b|done\b|esac\b|else\b|elif\b|elsif\b|elseif\b|catch\b|finally\b|except\b|rescue\b|ensure\b|when\b|then\b|#\s*(?:endif|else|elif)\b|"""|''')/;
const STAR = /^\*/;

/** Each line's shape depends on itself and the lines just above it only. */
export function shapesOf(lines: readonly string[]): LineShape[] {
  const shapes: LineShape[] = [];
  for (const line of lines) shapes.push(shapeOf(line, shapes.at(-1)));
  return shapes;
}

function shapeOf(line: string, above: LineShape | undefined): LineShape {
  const text = line.trimStart();
  if (text === '') return { kind: 'blank', indent: 0 };
  if (above?.kind === 'lead' && STAR.test(text)) return above;
  const head = text.slice(0, 200).trimEnd();
  const indent = columnsOf(line, line.length - text.length);
  const kind = LEAD.test(head) ? 'lead' : CLOSE.test(head) ? 'close' : 'code';
  return { kind, indent };
}

function columnsOf(line: string, length: number): number {
  let columns = 0;
  for (let i = 0; i < length; i++) columns += line[i] === '\t' ? 4 : 1;
  return columns;
}
