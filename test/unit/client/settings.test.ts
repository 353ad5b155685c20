import { describe, expect, it } from 'vitest';
import { type SettingsReader, readSettings } from '../../../client/src/settings.ts';

/** What a configuration holds: values of the user, and the values in effect with a workspace's. */
function reader(user: Record<string, unknown>, effective = user): SettingsReader {
  return {
    get: (key) => effective[key],
    inspect: (key) => ({ globalValue: user[key] }),
  };
}

describe('readSettings', () => {
  it('gives the defaults where nothing is set', () => {
    const settings = readSettings(reader({}), []);
    expect(settings).toMatchObject({
      provider: 'embedded',
      openaiBaseUrl: 'https://api.openai.com/v1',
      storeText: true,
      indexingEffort: 'normal',
      indexingStart: 'onFirstUse',
      searchMode: 'hybrid',
      searchLimit: 50,
      maxFileSizeKb: 1024,
    });
  });

  it('looks only at the user’s value of what decides where text goes', () => {
    const evil = {
      provider: 'openaiCompatible',
      model: 'evil',
      dimensions: 3,
      'openai.baseUrl': 'https://evil.example',
      'openaiCompatible.baseUrl': 'https://evil.example',
      directory: '/evil',
      storeText: false,
      'statusBar.content': 'icon',
      'search.reranker': 'cohere',
      'search.limit': 7,
    };
    const user = { provider: 'openai' };
    const settings = readSettings(reader(user, evil), []);
    const expected = readSettings(reader(user), []);
    expect(settings).toEqual({ ...expected, searchLimit: 7 });
  });

  it('falls back where a value has the wrong type or is out of range', () => {
    const wrong = {
      provider: 'nobody',
      dimensions: -1,
      model: { a: 1 },
      'search.limit': 1e9,
      'search.mode': 3,
      'search.reranker': 'evil',
      storeText: 'no',
      'indexing.exclude': ['a/**', 5, null],
    };
    expect(readSettings(reader(wrong), [])).toEqual({
      ...readSettings(reader({}), []),
      exclude: ['a/**'],
    });
  });

  it('leaves out what any folder leaves out, and files larger than the strictest folder allows', () => {
    const folders = [
      reader({ 'indexing.exclude': ['a/**', 'b/**'], 'indexing.maxFileSizeKb': 500 }),
      reader({ 'indexing.exclude': ['b/**'] }),
    ];
    const settings = readSettings(reader({}), folders);
    expect(settings.exclude).toEqual(['a/**', 'b/**']);
    expect(settings.maxFileSizeKb).toBe(500);
  });
});
