/** A key that no file, message or log may hold. */
export const CANARY = 'sk-CANARY-0123456789-abcdefghij';

const FORMS: readonly Buffer[] = [
  Buffer.from(CANARY),
  Buffer.from(CANARY, 'utf16le'),
  Buffer.from(Buffer.from(CANARY).toString('hex')),
  // Base64 of it at each of the three places it may start at, without the ends.
  ...[0, 1, 2].map((shift) =>
    Buffer.from(
      Buffer.from('\0'.repeat(shift) + CANARY)
        .toString('base64')
        .slice(4, -4),
    ),
  ),
];

/** Whether the bytes hold the key: as it is, in base64, in hex or in UTF-16. */
export function holdsCanary(bytes: Buffer | string): boolean {
  const haystack = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return FORMS.some((form) => haystack.includes(form));
}
