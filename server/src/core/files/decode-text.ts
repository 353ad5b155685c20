const SNIFFED_BYTES = 8_192;
/** Above this share of bytes that are no UTF-8, the head of a file is taken for binary. */
const BAD_SHARE = 0.1;

/**
 * The text in a file's bytes, or null for binary: a NUL in the first 8 kB, or more than a tenth of
 * them not UTF-8. UTF-16 is known by its byte-order mark. The mark goes; `\r\n` and a lone `\r`
 * become `\n`, so that the same text hashes alike on any system and lines are counted as editors
 * count them; bytes that are no text, and lone surrogates, become U+FFFD.
 */
export function decodeText(bytes: Uint8Array): string | null {
  const encoding = encodingOf(bytes);
  if (encoding === null) return null;
  return cleanText(new TextDecoder(encoding).decode(bytes));
}

/** As `decodeText`, for text that did not come as bytes. */
export function cleanText(text: string): string {
  const unmarked = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return unmarked.replace(/\r\n?/g, '\n').toWellFormed();
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, SNIFFED_BYTES);
  if (head.includes(0)) return null;
  const decoded = new TextDecoder('utf-8').decode(head, { stream: true });
  let bad = 0;
  for (const character of decoded) if (character === '\uFFFD') bad++;
  return bad > BAD_SHARE * head.length ? null : 'utf-8';
}
