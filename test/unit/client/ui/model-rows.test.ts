import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../../client/src/settings.ts';
import { type ModelRowFacts, modelRows } from '../../../../client/src/ui/model-rows.ts';
import type { ModelList, OfferedModel } from '../../../../server/protocol/models.ts';
import { english } from '../english.ts';

const settings = readSettings({ get: () => undefined, inspect: () => undefined }, []);
const none = { dimensions: null, usdPerMillionTokens: null, cachedShare: null };
const models: OfferedModel[] = [
  { ...none, provider: 'embedded', model: '', dimensions: 256, usdPerMillionTokens: 0 },
  {
    provider: 'openai',
    model: 'text-embedding-3-small',
    dimensions: 1536,
    usdPerMillionTokens: 0.02,
    cachedShare: 0.994,
  },
  { ...none, provider: 'voyage', model: 'voyage-code-3', dimensions: 1024 },
  { ...none, provider: 'ollama', model: 'nomic-embed-text:latest', cachedShare: 0 },
];
const list: ModelList = { models, ollamaRuns: true, runtimeInstalled: true };

function rows(changes: Partial<ModelRowFacts> = {}) {
  const facts = { settings, trusted: true, list, hasKey: () => false, locale: 'en', ...changes };
  return modelRows(facts, english);
}
const rowOf = (label: string, changes: Partial<ModelRowFacts> = {}) =>
  rows(changes).find((row) => row.label.endsWith(label));

describe('the model picker', () => {
  it('says of each model its provider, length, price and how much of the workspace it has', () => {
    expect(rowOf('text-embedding-3-small', { hasKey: () => true })).toMatchObject({
      group: 'remote',
      description: 'OpenAI · 1536 dims · $0.02/1M tokens · this workspace: 99% cached',
      needs: 'nothing',
    });
    expect(rowOf('nomic-embed-text:latest')).toMatchObject({
      group: 'local',
      description: 'Ollama · free',
    });
  });

  it('puts models whose key is missing under what needs setup', () => {
    const hasKey: ModelRowFacts['hasKey'] = ({ provider }) => provider === 'openai';
    expect(rowOf('text-embedding-3-small', { hasKey })?.group).toBe('remote');
    expect(rowOf('voyage-code-3', { hasKey })).toMatchObject({
      group: 'setup',
      description: 'Voyage AI · needs an API key · 1024 dims',
      needs: 'key',
    });
  });

  it('groups what is on this computer first', () => {
    const groups = rows({ hasKey: () => true }).map(({ group }) => group);
    expect([...new Set(groups)]).toEqual(['local', 'remote', 'setup']);
  });

  it('marks the model in use, and the default where none is named', () => {
    const labels = (changes: object) =>
      rows({ settings: { ...settings, ...changes } }).map(({ label }) => label);
    expect(labels({})[0]).toBe('$(check) Built-in');
    expect(labels({ provider: 'openai' })).toContain('$(check) text-embedding-3-small');
    expect(labels({ provider: 'voyage', model: 'voyage-code-3' })).toContain(
      '$(check) voyage-code-3',
    );
  });

  it('says in a folder that is not trusted why remote models cannot be used', () => {
    const row = rowOf('text-embedding-3-small', { trusted: false });
    expect(row).toMatchObject({ group: 'remote' });
    expect(row?.description).toContain('Trust this folder first.');
    expect(rowOf('Built-in', { trusted: false })?.description).not.toContain('Trust');
  });

  it('says when Ollama does not run, or has no model', () => {
    const without = (ollamaRuns: boolean): ModelList => ({ ...list, models: [], ollamaRuns });
    expect(rowOf('Ollama…', { list: without(false) })?.description).toBe(
      'does not run at 127.0.0.1:11434',
    );
    expect(rowOf('Ollama…', { list: without(true) })?.description).toContain('ollama pull');
  });

  it('offers local models, and says what is to be installed first', () => {
    const local = { ...none, provider: 'transformers', model: 'all-MiniLM-L6-v2', dimensions: 384 };
    const here = (runtimeInstalled: boolean, modelFolder = '') => ({
      settings: { ...settings, modelFolder },
      list: { ...list, models: [local], runtimeInstalled },
    });
    expect(rowOf('all-MiniLM-L6-v2', here(true))).toMatchObject({
      group: 'local',
      description: 'local model · 384 dims · free',
      needs: 'nothing',
    });
    expect(rowOf('all-MiniLM-L6-v2', here(false))?.needs).toBe('runtime');
    expect(rowOf('my-model', here(true, '/models/my-model/'))).toMatchObject({
      model: '',
      description: 'local model · free',
    });
    expect(rowOf('Local model…', here(true))).toMatchObject({ group: 'setup', needs: 'settings' });
  });

  it('names what a server of one’s own still needs', () => {
    expect(rowOf('OpenAI-compatible server…')?.description).toBe(
      'needs an address and a model name',
    );
  });

  it('offers the built-in model before the server has answered', () => {
    expect(rows({ list: null })[0]).toMatchObject({ label: '$(check) Built-in', group: 'local' });
  });
});
