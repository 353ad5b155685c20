import { expect, it } from 'vitest';
import { pathWords } from '../../../server/src/core/chunks/path-words.ts';
import { splitWords } from '../../../server/src/core/chunks/words.ts';

it('splits identifiers at case, underscore and digits and keeps them whole', () => {
  expect(splitWords('parseHTTPUrl2 max_depth')).toEqual([
    'pars',
    'http',
    'url',
    '2',
    'parsehttpurl2',
    'max',
    'depth',
    'maxdepth',
  ]);
});

it('gives the same whole word for every way of writing a name', () => {
  const wholes = ['maxRetries', 'max_retries', 'MAX_RETRIES', 'MaxRetries'].map((name) =>
    splitWords(name).at(-1),
  );
  expect(new Set(wholes)).toEqual(new Set(['maxretries']));
});

it('lets forms of one word meet', () => {
  for (const forms of [
    ['route', 'routes', 'routing', 'router', 'routed'],
    ['connect', 'connection', 'connections', 'connecting', 'connector'],
    ['log', 'logs', 'logger', 'logged', 'logging'],
    ['retry', 'retries'],
  ]) {
    expect(new Set(forms.flatMap((form) => splitWords(form))).size, forms.join()).toBe(1);
  }
});

it('leaves short words, other languages and numbers as they are', () => {
  expect(splitWords('bus is über größe 2024 数据 класс')).toEqual([
    'bus',
    'is',
    'über',
    'größe',
    '2024',
    '数据',
    'класс',
  ]);
});

it('gives no words for text without any', () => {
  expect(splitWords('}); // --- !!! _ $')).toEqual([]);
});

it('turns a path into words without its ending', () => {
  expect(pathWords('src/core/http-client/rateLimit.test.ts')).toBe(
    'src core http client rateLimit test',
  );
  expect(pathWords('.github/workflows/ci.yml')).toBe('github workflows ci');
  expect(pathWords('.gitignore')).toBe('gitignore');
  expect(pathWords('v1.2/README')).toBe('v1 2 README');
});

it('a name is split alike however often it comes, and whatever came between', () => {
  const names = ['parseHTTP', 'parsehttp', 'PARSE_HTTP', `x${'Long'.repeat(20)}`];
  const first = names.map(splitWords);
  expect(first.slice(0, 3)).toEqual([
    ['pars', 'http', 'parsehttp'],
    ['parsehttp'],
    ['pars', 'http', 'parsehttp'],
  ]);
  expect(names.map(splitWords)).toEqual(first);
  const others = Array.from({ length: 60_000 }, (_, i) => `item${i}Box`).join(' ');
  expect(splitWords(others).slice(-4)).toEqual(['item', '59999', 'box', 'item59999box']);
  expect(names.map(splitWords)).toEqual(first);
});
