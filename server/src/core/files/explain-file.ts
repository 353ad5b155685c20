import path from 'node:path';
import type { FileVerdict } from './file-source.ts';
import { factsOf } from './look-at-files.ts';
import { isSecretFolder, isSecretPath } from './secret-names.ts';
import { isToolFolder } from './tool-folders.ts';
import type { WalkOptions } from './walk-folder.ts';

/** What a walk would make of one path, before its content is read: the first rule it meets. */
export async function explainFile(
  { root, rules, maxBytes }: WalkOptions,
  file: string,
): Promise<FileVerdict> {
  const names = file.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..')) {
    return { kind: 'missing' };
  }
  for (let depth = 1; depth < names.length; depth++) {
    const folder = names.slice(0, depth).join('/');
    const name = names[depth - 1]!;
    if (isToolFolder(name)) return { kind: 'toolFolder', folder };
    if (isSecretFolder(name)) return { kind: 'skipped', reason: 'secretName', rule: null };
    const facts = await factsOf(path.join(root, folder));
    if (facts === 'missing') return { kind: 'missing' };
    if (facts === 'unreadable') return { kind: 'skipped', reason: 'unreadable', rule: null };
    if (facts.isSymbolicLink()) return { kind: 'link' };
    if (!facts.isDirectory()) return { kind: 'missing' };
    const above = (await rules.of(names.slice(0, depth - 1).join('/')))!;
    const rule = rules.lineFor(`${folder}/`, above);
    if (rule) return { kind: 'skipped', reason: 'ignored', rule };
  }
  const facts = await factsOf(path.join(root, file));
  if (facts === 'missing') return { kind: 'missing' };
  if (facts === 'unreadable') return { kind: 'skipped', reason: 'unreadable', rule: null };
  if (facts.isSymbolicLink()) return { kind: 'link' };
  if (!facts.isFile()) return { kind: 'noFile' };
  const here = (await rules.of(names.slice(0, -1).join('/')))!;
  const reason = isSecretPath(file) ? 'secretName' : rules.reasonFor(file, here);
  if (reason !== null) {
    return {
      kind: 'skipped',
      reason,
      rule: reason === 'ignored' ? rules.lineFor(file, here) : null,
    };
  }
  if (facts.size > maxBytes) return { kind: 'skipped', reason: 'tooLarge', rule: null };
  return { kind: 'taken' };
}
