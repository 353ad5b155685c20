import { describe, expect, it } from 'vitest';
import type { Chunk } from '../../../server/src/core/chunks/chunk.ts';
import { createChunker } from '../../../server/src/core/chunks/create-chunker.ts';
import { GRAMMARS_FOLDER } from '../../support/put-grammars.ts';

const chunker = createChunker(GRAMMARS_FOLDER);

/** `kind name < enclosing` of each chunk that defines something. */
async function outlineOf(path: string, text: string): Promise<string[]> {
  const chunks = await chunker.chunk(path, text);
  return chunks.filter(({ symbols }) => symbols.length > 0).map(lineOf);
}

function lineOf({ kind, symbols, enclosing }: Chunk): string {
  const place = enclosing.length > 0 ? ` < ${enclosing.join(' ')}` : '';
  return `${kind} ${symbols.join(' ')}${place}`;
}

/** Seven lines in the middle, so that what holds them is not small. */
const long = (line: string): string => Array.from({ length: 7 }, () => line).join('\n');
/** Too long to be one chunk. */
const longer = (line: string): string => Array.from({ length: 45 }, () => line).join('\n');

describe('cutting along syntax', () => {
  it.each([
    [
      'a.ts',
      `import { x } from 'y';\n\n/** Doc. */\nexport default class Store<T> {\n  #count = 0;\n  constructor() {\n${longer('    a();')}\n  }\n  async load(): Promise<void> {\n${long('    a();')}\n  }\n}\nexport const send = async (a: number) => {\n${long('  a();')}\n};\ninterface Shape {\n${long('  a: 1;')}\n}\n`,
      [
        'class Store',
        'method constructor < Store',
        'method load < Store',
        'function send',
        'interface Shape',
      ],
    ],
    [
      'a.js',
      `exports.retry = function () {\n${long('  a();')}\n};\nFoo.prototype.bar = function () {\n${long('  a();')}\n};\nfunction* walk() {\n${long('  a();')}\n}\n`,
      ['function retry', 'function bar', 'function walk'],
    ],
    [
      'a.tsx',
      `export function Button() {\n${long('  a();')}\n  return <b>{x}</b>;\n}\n`,
      ['function Button'],
    ],
    [
      'a.py',
      `@app.route("/")\ndef index():\n${long('    a()')}\n\nclass Store(Base):\n    """Keeps."""\n    def load(self):\n${longer('        a()')}\n\n    async def save(self):\n${long('        a()')}\n`,
      ['function index', 'class Store', 'method load < Store', 'method save < Store'],
    ],
    [
      'a.go',
      `package a\n\n// Next runs.\nfunc (c *Context[T]) Next(a int) int {\n${long('\ta()')}\n}\n\ntype Router struct {\n${long('\ta int')}\n}\n\nfunc New() {\n${long('\ta()')}\n}\n`,
      ['method Next < Context', 'type Router', 'function New'],
    ],
    [
      'a.rs',
      `/// Doc.\n#[derive(Debug)]\npub struct Router<S> {\n${long('    a: i32,')}\n}\n\nimpl<S> Service<R> for Router<S>\nwhere\n    S: Clone,\n{\n    fn call(&mut self) {\n${longer('        a();')}\n    }\n    pub async fn poll(&self) {\n${long('        a();')}\n    }\n}\n\nmacro_rules! each {\n${long('    () => {};')}\n}\n`,
      [
        'struct Router',
        'class Router',
        'method call < Router',
        'method poll < Router',
        'macro each',
      ],
    ],
    [
      'A.java',
      `package a;\n\n/** Doc. */\n@X\npublic class Store extends Base {\n  int y = 1;\n  Store() {\n${longer('    a();')}\n  }\n  int load(int a) {\n${long('    a();')}\n  }\n}\n`,
      ['class Store', 'method Store < Store', 'method load < Store'],
    ],
    [
      'a.c',
      `#include <a.h>\n#ifdef X\nstatic int *open_file(int a) {\n${long('  a();')}\n}\n#endif\nstruct node {\n${long('  int a;')}\n};\ntypedef struct {\n${long('  int a;')}\n} node_t;\n#define EACH(x) \\\n${long('  x; \\')}\n  x\n`,
      ['function open_file', 'struct node', 'type node_t', 'macro EACH'],
    ],
    [
      'a.cpp',
      `namespace n {\ntemplate <class T> class Store : public Base {\n public:\n  Store();\n  ~Store() {\n${longer('    a();')}\n  }\n  int load() const {\n${long('    a();')}\n  }\n};\nint Store::save(int x) {\n${long('  a();')}\n}\n}\n`,
      ['class Store', 'method ~Store < Store', 'method load < Store', 'function save < Store'],
    ],
    [
      'a.cs',
      `namespace N.M\n{\n    [Attr]\n    public class Store<T> : Base\n    {\n        public int P { get; set; }\n        public Store()\n        {\n${longer('            A();')}\n        }\n        public int Load(int a)\n        {\n${long('            A();')}\n        }\n    }\n}\n`,
      ['class Store', 'method Store < Store', 'method Load < Store'],
    ],
    [
      'a.rb',
      `module M\n  # Keeps.\n  class Store < Base\n    def load(a)\n${longer('      a')}\n    end\n    def self.open?\n${long('      a')}\n    end\n  end\nend\n`,
      ['module M', 'class Store load < M', 'method open? < M Store'],
    ],
    [
      'a.php',
      `<?php\nnamespace A\\B;\nfinal class Store extends Base {\n  private $y = 1;\n  public function load(int $a): int {\n${longer('    a();')}\n  }\n  function save() {\n${long('    a();')}\n  }\n}\nfunction top() {\n${long('  a();')}\n}\n`,
      ['class Store', 'method load < Store', 'method save < Store', 'function top'],
    ],
    [
      'a.kt',
      `package a\n\nclass Store(val x: Int) : Base {\n  fun load(a: Int): Int {\n${longer('    a()')}\n  }\n  fun save() {\n${long('    a()')}\n  }\n}\nfun String.trimmed() {\n${long('  a()')}\n}\n`,
      ['class Store load', 'method save < Store', 'function trimmed'],
    ],
    [
      'a.swift',
      `public class Store: Base {\n  func load(a: Int) -> Int {\n${longer('    a()')}\n  }\n  init(x: Int) {\n${long('    a()')}\n  }\n}\nfunc top() {\n${long('  a()')}\n}\n`,
      ['class Store load', 'method init < Store', 'function top'],
    ],
    [
      'a.scala',
      `package a\n\nobject Store {\n  def load(a: Int): Int = {\n${longer('    a()')}\n  }\n  def save() = {\n${long('    a()')}\n  }\n}\ntrait Shape {\n${long('  def a: Int')}\n}\n`,
      ['class Store load', 'method save < Store', 'trait Shape'],
    ],
    [
      'a.sh',
      `#!/bin/bash\n# Builds.\nbuild() {\n${long('  a')}\n}\nfunction clean {\n${long('  a')}\n}\n`,
      ['function build', 'function clean'],
    ],
    [
      'a.dart',
      `class Store extends Base {\n  int y = 1;\n  int load(int a) {\n${longer('    a();')}\n  }\n}\n`,
      ['class Store'],
    ],
    ['a.ps1', `function Get-Store {\n${long('  a')}\n}\n`, ['function Get-Store']],
  ])('%s', async (path, text, expected) => {
    expect(await outlineOf(path, text)).toEqual(expected);
  });
});
