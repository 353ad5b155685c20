/** Words that stand before a definition and are no part of its name. */
const MODIFIERS =
  '(?:(?:export|default|declare|abstract|async|public|private|protected|internal|static|final|' +
  'sealed|partial|override|open|data|inline|virtual|readonly|unsafe|const|extern|pub(?:\\([^)]*\\))?|' +
  'typedef|suspend|implicit|case|local)\\s+)*';
const NAME = '([\\p{L}_$][\\p{L}\\p{N}_$]*[?!]?)';

/** Each has one group: the name. Tried on a line without its indentation; the first match wins. */
const DEFINITIONS: readonly RegExp[] = [
  // def self.call, function* walk, class Foo, impl Foo, fn new, type Alias, struct uv_loop_s, …
  new RegExp(
    `^${MODIFIERS}(?:function\\b\\s*\\*?|def|fn|fun|sub|class|interface|enum(?:\\s+class)?|struct|` +
      `union|trait|protocol|record|object|module|mod|namespace|type|macro_rules!|extension|actor)` +
      `\\s+(?:self\\.)?${NAME}`,
    'u',
  ),
  // Go: func (c *Context) Next(, func New(
  new RegExp(`^func\\s+(?:\\([^)]*\\)\\s*)?${NAME}`, 'u'),
  // Rust: impl<T> Service<R> for Router<S>
  new RegExp(`^(?:unsafe\\s+)?impl\\b(?:<[^{]*>\\s*|\\s+)(?:[^{]*\\bfor\\s+)?&?${NAME}`, 'u'),
  // #define UV_VERSION
  new RegExp(`^#\\s*define\\s+${NAME}`, 'u'),
  // } uv_req_t;
  new RegExp(`^\\}\\s*${NAME}\\s*;`, 'u'),
  new RegExp(
    `^create\\s+(?:or\\s+replace\\s+)?(?:table|view|function|procedure|index|type)\\s+${NAME}`,
    'iu',
  ),
];

/** As above, but locals of a body look the same: counted at a text's lowest indentation only. */
const VARIABLES: readonly RegExp[] = [
  // const send = (…) =>, static LIMIT: usize =; not C's `const char *name(`
  new RegExp(
    `^(?:export\\s+)?(?:const|let|val|static)\\s+(?:mut\\s+)?${NAME}(?=\\s*(?:[=;,]|:(?!:)|$))`,
    'u',
  ),
  new RegExp(`^(?:export\\s+)?var\\s+${NAME}`, 'u'),
  // exports.Router =, app.use = function, Foo.prototype.bar =
  new RegExp(`^(?:[\\p{L}_$][\\p{L}\\p{N}_$]*\\.)+${NAME}\\s*=[^=]`, 'u'),
  // MAX_RETRIES = 3
  /^(\p{Lu}[\p{Lu}\p{N}_]{2,})\s*(?::[^=]*)?=[^=]/u,
];

/** Types and modifiers, then a name and its parameters: C, C++, C#, Java, and methods in JS, TS. */
const CALLABLE = new RegExp(
  `^(?:[\\p{L}_$~][\\p{L}\\p{N}_$:<>,*&.?[\\]]*\\s+[*&]*)*(?:[\\p{L}_$][\\p{L}\\p{N}_$]*::)*[*#~]*${NAME}\\s*(?:<[^()]*>)?\\(`,
  'u',
);
const NO_NAME =
  /^(?:if|else|for|foreach|while|do|switch|catch|return|throw|new|await|yield|case|goto|delete|using|lock|with|assert|raise|print|not|and|or|in|is|when|unless|until|elsif|elif|sizeof|typeof|super|this|go|defer|select|match|unsafe|require|import|include|from|function|fn|func|def)$/;
const STATEMENT_HEAD =
  /^(?:return|throw|await|yield|else|case|goto|delete|new|raise|go|defer|import|from|package|using|assert)\b/;
const LINE_CHARACTERS = 300;

/** Names a text defines, by common forms of many languages; in order, no duplicates. */
export function definedSymbols(text: string): string[] {
  const lines = text.split('\n').map((line) => line.slice(0, LINE_CHARACTERS));
  const lowest = lowestIndent(lines);
  const symbols = new Set<string>();
  for (const line of lines) {
    const code = line.trim();
    const name = definedOn(code, indentOf(line) === lowest);
    if (name !== null) symbols.add(name);
  }
  return [...symbols];
}

/** The name a line (without its indentation) begins to define, or null. */
function definedOn(line: string, outermost: boolean): string | null {
  if (line === '' || isComment(line)) return null;
  const forms = outermost ? [...DEFINITIONS, ...VARIABLES] : DEFINITIONS;
  for (const form of forms) {
    const name = form.exec(line)?.[1];
    if (name !== undefined && !NO_NAME.test(name)) return name;
  }
  return callableOn(line);
}

function callableOn(line: string): string | null {
  if (line.endsWith(';') || line.endsWith(',') || STATEMENT_HEAD.test(line)) return null;
  const paren = line.indexOf('(');
  if (paren < 0 || line.slice(0, paren).includes('=')) return null;
  const match = CALLABLE.exec(line);
  const name = match?.[1];
  if (match === null || name === undefined || NO_NAME.test(name)) return null;
  // A bare `name(` is a call unless it opens a body.
  const bare = match[0].trimStart().startsWith(name);
  return bare && !/\{\s*$/.test(line) ? null : name;
}

function isComment(line: string): boolean {
  return /^(?:\/\/|\/\*|\*|--|<!--|#(?!\s*define\b))/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function lowestIndent(lines: readonly string[]): number {
  let lowest = Infinity;
  for (const line of lines) {
    const code = line.trim();
    if (code !== '' && !isComment(code)) lowest = Math.min(lowest, indentOf(line));
  }
  return lowest;
}
