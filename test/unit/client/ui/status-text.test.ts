import { describe, expect, it } from 'vitest';
import { type StatusFacts, statusView } from '../../../../client/src/ui/status-text.ts';
import type { Stats } from '../../../../server/protocol/stats.ts';
import { english } from '../english.ts';
import { emptyStats, sampleStats } from '../sample-stats.ts';

function view(changes: Partial<StatusFacts> = {}, stats: Partial<Stats> = {}) {
  const facts: StatusFacts = {
    server: 'running',
    stats: sampleStats(stats),
    trusted: true,
    content: 'hitRate',
    monthlyUsd: 5,
    locale: 'en',
    ...changes,
  };
  return statusView(facts, english);
}

const counts = {
  files: 1204,
  chunks: 8412,
  skipped: 37,
  skippedByReason: { ignored: 37 },
  looksSecret: 0,
};

describe('the status bar item', () => {
  it('shows today’s hit rate and how many embeddings there are', () => {
    expect(view().text).toBe('$(database) 98% · 1.2k');
    expect(view().state).toBe('ready');
  });

  it('shows the hit rate of all time before the first lookup of the day', () => {
    const { today } = emptyStats();
    expect(view({}, { today }).text).toBe('$(database) 90% · 1.2k');
  });

  it('shows no hit rate where nothing was looked up', () => {
    expect(view({ stats: emptyStats() }).text).toBe('$(database) 0');
    expect(view({ stats: emptyStats() }).state).toBe('notIndexed');
  });

  it('shows what the user chose', () => {
    expect(view({ content: 'saved' }).text).toBe('$(database) $3.40 · 1.2k');
    expect(view({ content: 'icon' }).text).toBe('$(database)');
  });

  it('shows progress while indexing', () => {
    const workspace = {
      kind: 'indexing',
      done: 1240,
      total: 8412,
      secondsLeft: null,
      ...counts,
    } as const;
    const { text, state, label } = view({}, { workspace });
    expect(text).toBe('$(sync~spin) 1.2k/8.4k');
    expect(state).toBe('indexing');
    expect(label).toBe('Embedding Cache: indexing, 1,240 of 8,412');
  });

  it('says how long it will take where that can be told', () => {
    const workspace = { kind: 'indexing', done: 1, total: 8, secondsLeft: 40, ...counts } as const;
    expect(view({}, { workspace }).label).toBe('Embedding Cache: indexing, 1 of 8, 40 s left');
  });

  it('shows that indexing is paused, and where it stands', () => {
    const workspace = { kind: 'paused', done: 1240, total: 8412, ...counts } as const;
    expect(view({}, { workspace })).toMatchObject({
      text: '$(debug-pause) 1.2k/8.4k',
      state: 'paused',
      label: 'Embedding Cache: indexing is paused, 1,240 of 8,412',
    });
  });

  it('shows no progress of nothing while the files are still being counted', () => {
    const workspace = {
      kind: 'indexing',
      done: 0,
      total: 0,
      secondsLeft: null,
      ...counts,
    } as const;
    expect(view({}, { workspace }).text).toBe('$(sync~spin)');
  });

  it('keeps its figures while the provider cannot answer: cached chunks are searched', () => {
    const workspace = { kind: 'failed', error: 'unreachable', ...counts } as const;
    const { text, background } = view({}, { workspace });
    expect(text).toBe('$(debug-disconnect) 98% · 1.2k');
    expect(background).toBe('none');
  });

  it('warns when the month’s limit is used, and goes on searching', () => {
    const workspace = { kind: 'failed', error: 'overBudget', ...counts } as const;
    const { state, text, background, label } = view({}, { workspace });
    expect([state, text, background]).toEqual(['overBudget', '$(credit-card) Limit', 'warning']);
    expect(label).toContain('This month’s $5.00 is used. Search continues on cached chunks.');
  });

  it('warns when changes wait because of what they would cost', () => {
    const workspace = { kind: 'failed', error: 'confirmCost', ...counts } as const;
    const { state, text, background, label } = view({}, { workspace });
    expect([state, text, background]).toEqual(['overBudget', '$(credit-card) Cost', 'warning']);
    expect(label).toContain('Changed files are not indexed yet: they would cost more');
  });

  it('turns to an error where searching cannot go on, and names the cause', () => {
    const workspace = { kind: 'failed', error: 'newerCache', ...counts } as const;
    const { text, background, tooltip } = view({}, { workspace });
    expect(text).toBe('$(error) Cache');
    expect(background).toBe('error');
    expect(tooltip).toContain('A newer version wrote this cache');
    expect(view({ server: 'failed' }).background).toBe('error');
  });

  it('shows a shield in a folder that is not trusted', () => {
    expect(view({ trusted: false }).text).toBe('$(shield) 98% · 1.2k');
  });

  it('spins while the server starts and nothing is known', () => {
    expect(view({ server: 'starting', stats: null }).text).toBe('$(loading~spin)');
    expect(view({ server: 'starting' }).text).toBe('$(database) 98% · 1.2k');
  });

  it('tells in its tooltip what the figures mean', () => {
    const { tooltip } = view();
    expect(tooltip).toContain('Files 1,204 · chunks 8,412 · skipped 37');
    expect(tooltip).toContain('Model built\\-in, on this computer');
    const provider = { name: 'transformers', model: 'minilm', dimensions: 384, local: true };
    expect(view({}, { provider }).tooltip).toContain('Model minilm, on this computer');
    expect(tooltip).toContain('Hits today 812 of 828 (98%)');
    expect(tooltip).toContain('This month paid $0.12 of $5.00, saved $3.40');
    expect(tooltip).toContain('Embeddings 1,234 in 3.4 MB');
  });

  it('shows a model’s name as it is, whatever Markdown would make of it', () => {
    const provider = {
      name: 'openaiCompatible',
      model: '[click](command:evil) <img>',
      host: 'llm.example',
      local: false,
    };
    const { tooltip } = view({}, { provider });
    expect(tooltip).toContain('\\[click\\]\\(command:evil\\) \\<img\\>');
  });
});
