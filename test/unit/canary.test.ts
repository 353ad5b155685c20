import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesHolding, holds } from '../support/canary.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const SECRET = 'sk-canary-9f8e7d6c5b4a';

describe('the search for a secret in bytes', () => {
  it.each([
    ['itself', Buffer.from(`{"key":"${SECRET}"}`)],
    ['base64', Buffer.from(Buffer.from(SECRET).toString('base64'))],
    ['base64 of a header', Buffer.from(Buffer.from(`Bearer ${SECRET}`).toString('base64'))],
    ['base64 one byte on', Buffer.from(Buffer.from(`x${SECRET}`).toString('base64'))],
    ['base64 two bytes on', Buffer.from(Buffer.from(`xy${SECRET}zz`).toString('base64'))],
    ['hex', Buffer.from(Buffer.from(SECRET).toString('hex'))],
    ['UTF-16', Buffer.from(`a${SECRET}`, 'utf16le')],
  ])('finds it as %s', (_form, bytes) => {
    expect(holds(bytes, SECRET)).toBe(true);
    const folder = tempDirectory();
    writeFileSync(path.join(folder, 'log.txt'), bytes);
    expect(filesHolding(folder, SECRET)).toEqual(['log.txt']);
  });

  it('finds nothing where it is not', () => {
    expect(holds(Buffer.from('sk-canary and Bearer, but no key'), SECRET)).toBe(false);
  });
});
