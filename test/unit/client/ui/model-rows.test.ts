import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../../client/src/settings.ts';
import { modelRows } from '../../../../client/src/ui/model-rows.ts';
import { english } from '../english.ts';

const settings = readSettings({ get: () => undefined, inspect: () => undefined }, []);
const labels = (changes: object, trusted = true): string[] =>
  modelRows({ ...settings, ...changes }, trusted, english).map(({ label }) => label);

describe('the model picker', () => {
  it('marks the model in use, and the default where none is named', () => {
    expect(labels({})[0]).toBe('$(check) Built-in');
    expect(labels({ provider: 'openai' })).toContain('$(check) text-embedding-3-small');
    expect(labels({ provider: 'openai', model: 'text-embedding-3-large' })).toContain(
      '$(check) text-embedding-3-large',
    );
  });

  it('says in a folder that is not trusted why remote models cannot be used', () => {
    const groups = modelRows(settings, false, english).map(({ group }) => group);
    expect(groups).toContain('Remote. Trust this folder first.');
  });

  it('names what a server of one’s own still needs', () => {
    const last = modelRows(settings, true, english).at(-1);
    expect(last?.description).toBe('needs an address and a model name');
  });
});
