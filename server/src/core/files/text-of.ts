import { decodeText } from './decode-text.ts';
import { looksGenerated } from './file-kinds.ts';
import type { FileText } from './file-source.ts';

/** What the bytes of a file say: its text, or why it is skipped. */
export function textOfBytes(
  path: string,
  bytes: Uint8Array,
): Exclude<FileText, { kind: 'missing' }> {
  const text = decodeText(bytes);
  return text === null ? { kind: 'skipped', reason: 'binary' } : textUnlessGenerated(path, text);
}

export function textUnlessGenerated(
  path: string,
  text: string,
): Exclude<FileText, { kind: 'missing' }> {
  return looksGenerated(path, text)
    ? { kind: 'skipped', reason: 'generated' }
    : { kind: 'text', text };
}
