/** File endings (without the dot) by VS Code language id. */
const ENDINGS: Readonly<Record<string, string>> = {
  bat: 'bat cmd',
  c: 'c h',
  clojure: 'clj cljs cljc edn',
  cpp: 'cc cpp cxx hpp hh hxx ipp',
  csharp: 'cs csx',
  css: 'css',
  dart: 'dart',
  dockerfile: 'dockerfile',
  elixir: 'ex exs',
  erlang: 'erl hrl',
  fsharp: 'fs fsi fsx',
  go: 'go',
  graphql: 'graphql gql',
  groovy: 'groovy gradle',
  haskell: 'hs lhs',
  html: 'html htm xhtml',
  java: 'java',
  javascript: 'js mjs cjs',
  javascriptreact: 'jsx',
  json: 'json',
  jsonc: 'jsonc code-workspace',
  julia: 'jl',
  kotlin: 'kt kts',
  less: 'less',
  lua: 'lua',
  makefile: 'mk mak makefile',
  markdown: 'md markdown mdx',
  'objective-c': 'm',
  'objective-cpp': 'mm',
  ocaml: 'ml mli',
  perl: 'pl pm',
  php: 'php phtml',
  plaintext: 'txt text',
  powershell: 'ps1 psm1 psd1',
  proto3: 'proto',
  python: 'py pyi pyw',
  r: 'r',
  restructuredtext: 'rst',
  ruby: 'rb rake gemspec rakefile gemfile',
  rust: 'rs',
  scala: 'scala sc',
  scss: 'scss',
  shellscript: 'sh bash zsh ksh',
  sql: 'sql',
  svelte: 'svelte',
  swift: 'swift',
  toml: 'toml',
  typescript: 'ts mts cts',
  typescriptreact: 'tsx',
  vb: 'vb',
  vue: 'vue',
  xml: 'xml xsd xsl xslt csproj props targets',
  yaml: 'yml yaml',
  zig: 'zig',
};

const LANGUAGE_BY_ENDING: ReadonlyMap<string, string> = new Map(
  Object.entries(ENDINGS).flatMap(([language, endings]) =>
    endings.split(' ').map((ending) => [ending, language] as const),
  ),
);

/** VS Code language id by the file's ending, or by its name where it has none; null if unknown. */
export function languageOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return LANGUAGE_BY_ENDING.get(name.slice(name.lastIndexOf('.') + 1)) ?? null;
}
