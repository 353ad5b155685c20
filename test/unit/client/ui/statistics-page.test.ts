import { describe, expect, it } from 'vitest';
import { statisticsPage } from '../../../../client/src/ui/statistics-page.ts';
import type { Stats } from '../../../../server/protocol/stats.ts';
import { english } from '../english.ts';
import { emptyStats, sampleStats } from '../sample-stats.ts';

const page = (stats: Stats): string =>
  statisticsPage(stats, { locale: 'en', nonce: 'abc' }, english);

describe('the statistics page', () => {
  it('shows hit rate, money, size and every space', () => {
    const html = page(sampleStats());
    expect(html).toContain('<dt>Hit rate</dt><dd>90%</dd>');
    expect(html).toContain('<dt>Saved</dt><dd>$3.40</dd>');
    expect(html).toContain('<dt>Size</dt><dd>3.4 MB</dd>');
    expect(html).toContain('<th scope="row">code-static-256</th>');
    expect(html).toContain('<th scope="row">Chunks</th><td>8,412</td>');
  });

  it('says what to do while there is nothing to show', () => {
    const html = page(emptyStats());
    expect(html).toContain('Nothing embedded yet.');
    expect(html).not.toContain('<dt>');
  });

  it('allows no script, and only the style that carries the nonce', () => {
    const html = page(sampleStats());
    expect(html).toContain(`content="default-src 'none'; style-src 'nonce-abc'"`);
    expect(html).toContain('<style nonce="abc">');
    expect(html).not.toMatch(/<script| on\w+=| style=/);
  });

  it('shows names from elsewhere as text', () => {
    const evil = '<img src=x onerror="alert(1)">\u0000';
    const provider = { name: evil, model: evil, host: evil, local: false };
    const spaces = [{ ...sampleStats().spaces[0]!, model: evil, provider: evil }];
    const html = page(sampleStats({ directory: `</code>${evil}`, provider, spaces }));
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(html.match(/<\/code>/g)).toHaveLength(1);
  });

  it('names the cause of a failed run', () => {
    const workspace = {
      kind: 'failed',
      error: 'noApiKey',
      files: 0,
      chunks: 0,
      skipped: 0,
      skippedByReason: {},
      looksSecret: 0,
    } as const;
    const provider = { name: 'openai', model: 'm', host: 'api.openai.com', local: false };
    expect(page(sampleStats({ workspace, provider }))).toContain('OpenAI needs an API key.');
  });

  it('takes colours from the theme alone', () => {
    expect(page(sampleStats())).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(/i);
  });
});
