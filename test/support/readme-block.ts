import { readFileSync } from 'node:fs';
import path from 'node:path';

const README = path.join(import.meta.dirname, '../../README.md');

/** The first block of a language under a heading of the README, as a reader would copy it. */
export function readmeBlock(heading: string, language: string): string {
  const text = readFileSync(README, 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  const block = section?.split(`\n\`\`\`${language}\n`)[1]?.split('\n```')[0];
  if (block === undefined) throw new Error(`README: no ${language} block under “${heading}”`);
  return block;
}
