import { expect, it } from 'vitest';
import { definedSymbols } from '../../../server/src/core/chunks/symbols.ts';

it.each([
  ['TypeScript', 'export default async function load<T>(x: T) {', ['load']],
  ['TypeScript', 'export const send = async (x) => {', ['send']],
  [
    'TypeScript',
    'export interface FileSource {\n  list(signal: AbortSignal): void;\n}',
    ['FileSource'],
  ],
  ['TypeScript', 'export abstract class Cut<T> {\n  async walk(deep: number) {\n', ['Cut', 'walk']],
  ['JavaScript', 'app.use = function use(fn) {\n  var offset = 0;\n', ['use']],
  ['JavaScript', 'exports.Router = require("./router");', ['Router']],
  [
    'Python',
    'class Session(Base):\n    def get(self, url):\n        return self.request(url)',
    ['Session', 'get'],
  ],
  ['Python', 'MAX_REDIRECTS = 30', ['MAX_REDIRECTS']],
  ['Go', 'func (c *Context) Next() {\n\tif x := f(); x {', ['Next']],
  ['Go', 'type Engine struct {', ['Engine']],
  ['Rust', 'impl<S, B> Service<Request<B>> for Router<S>\nwhere', ['Router']],
  ['Rust', '    pub(crate) async fn call(&mut self) -> Result<()> {', ['call']],
  ['Rust', 'macro_rules! top_level_handler {', ['top_level_handler']],
  [
    'Java',
    '    public static List<String> namesOf(Map<String, Integer> ages) throws X {',
    ['namesOf'],
  ],
  ['C#', 'public sealed partial class SqlMapper\n{', ['SqlMapper']],
  ['C', 'static int uv__read(uv_stream_t* stream) {\n  return read(stream->fd);\n}', ['uv__read']],
  ['C', '#define UV_VERSION_MAJOR 1', ['UV_VERSION_MAJOR']],
  ['C++', 'void Pool::release(Item *item)\n{', ['release']],
  ['Ruby', 'def self.call(env)', ['call']],
  ['Ruby', 'def empty?', ['empty?']],
  ['PHP', 'final public function handle($request) {', ['handle']],
  ['Kotlin', 'suspend fun fetch(id: Int): User {', ['fetch']],
  ['SQL', 'CREATE TABLE orders (', ['orders']],
])('finds what %s defines: %s', (_language, text, symbols) => {
  expect(definedSymbols(text)).toEqual(symbols);
});

it('takes neither calls nor comments nor control flow for definitions', () => {
  const text = [
    '// function old() {',
    'if (ready(now)) {',
    'for (const a of b()) {',
    'return new Thing(x) {',
    'render(view);',
    'else if (x) {',
    'await send(message)',
    '} while (next())',
  ].join('\n');
  expect(definedSymbols(text)).toEqual([]);
});

it('counts variables at the outermost level only', () => {
  expect(definedSymbols('const LIMIT = 3;\nfunction f() {\n  const inner = 1;\n}')).toEqual([
    'LIMIT',
    'f',
  ]);
});

it('takes time in proportion to the text, whatever the line', () => {
  const lines = [
    'a '.repeat(150),
    'a::'.repeat(100),
    'impl<'.repeat(60),
    'x<*&'.repeat(75),
    '.a'.repeat(150),
    'pub( '.repeat(60),
  ];
  for (const line of lines) {
    const text = `${line}\n`.repeat(500);
    const started = performance.now();
    definedSymbols(text);
    expect(performance.now() - started, line.slice(0, 20)).toBeLessThan(1_000);
  }
});
