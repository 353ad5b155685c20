/**
 * Lines of UTF-8 text without their ends (`\n` or `\r\n`) and without a byte-order mark. Only these
 * end a line: JSON strings may hold any other separator. Throws TypeError for what is not UTF-8.
 */
export async function* linesOf(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  // Pieces of the line that is not complete yet: one long line must not be copied again and again.
  let open: string[] = [];
  const closed = (end: string): string => {
    const line = [...open, end].join('');
    open = [];
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  for await (const part of parts) {
    const [first = '', ...rest] = decoder.decode(part, { stream: true }).split('\n');
    if (rest.length === 0) {
      open.push(first);
      continue;
    }
    yield closed(first);
    const last = rest.pop() ?? '';
    for (const line of rest) yield closed(line);
    open = [last];
  }
  const end = decoder.decode();
  if (end !== '' || open.some((piece) => piece !== '')) yield closed(end);
}
