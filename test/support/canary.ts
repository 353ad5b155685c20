import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A key that no file, message or log may hold. */
export const CANARY = 'sk-CANARY-0123456789-abcdefghij';

/** Whether the bytes hold that key in any form. */
export function holdsCanary(bytes: Buffer | string): boolean {
  return holds(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, CANARY);
}

/** Every form in which a secret could be written down: as it is, base64, hex, UTF-16. */
export function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  // Where the secret stands inside of longer base64 shifts it; its ends depend on what is beside.
  const base64 = [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return padded.slice(shift === 0 ? 0 : 4, padded.length - 4);
  });
  return [
    bytes,
    ...base64.map((text) => Buffer.from(text)),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(secret, 'utf16le'),
  ];
}

/** Whether the bytes hold the secret in any form. */
export function holds(bytes: Buffer, secret: string): boolean {
  return formsOf(secret).some((form) => bytes.includes(form));
}

/** Files below a folder that hold the secret in any form, relative to it. */
export function filesHolding(root: string, secret: string): string[] {
  const forms = formsOf(secret);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readOrEmpty(file);
      return forms.some((form) => bytes.includes(form));
    })
    .map((file) => path.relative(root, file));
}

function readOrEmpty(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // Gone since it was listed.
    return Buffer.alloc(0);
  }
}
