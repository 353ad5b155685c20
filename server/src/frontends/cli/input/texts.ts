/** One text of the input, or why a line holds none. */
export type InputText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** As many as the largest provider takes in one request. */
const BATCH_TEXTS = 2048;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/**
 * A line a text, or JSON lines `{"text": …}`: which of the two, the first line tells. In JSON lines
 * empty lines are passed over; in plain lines they are empty texts, so that lines and results match.
 */
export async function* textsOfLines(lines: AsyncIterable<string>): AsyncGenerator<InputText> {
  let json: boolean | null = null;
  let number = 0;
  for await (const line of lines) {
    number++;
    json ??= textOfJson(line) !== null;
    if (!json) {
      yield { kind: 'text', text: line };
      continue;
    }
    if (line.trim() === '') continue;
    const text = textOfJson(line);
    yield text === null
      ? { kind: 'bad', reason: `line ${number} is not a JSON object with a string "text"` }
      : { kind: 'text', text };
  }
}

/** As `textsOfLines`, in lists short enough to hold. */
export async function* batchesOf(
  texts: AsyncIterable<InputText> | Iterable<InputText>,
): AsyncGenerator<InputText[]> {
  let batch: InputText[] = [];
  let length = 0;
  for await (const text of texts) {
    batch.push(text);
    if (text.kind === 'text') length += text.text.length;
    if (batch.length < BATCH_TEXTS && length < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}

function textOfJson(line: string): string | null {
  if (!line.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    const isText = typeof value === 'object' && value !== null && 'text' in value;
    return isText && typeof value.text === 'string' ? value.text : null;
  } catch {
    // Not JSON, so it is no text in JSON either: the caller says so.
    return null;
  }
}
