import type { Node } from 'web-tree-sitter';
import type { Block } from './blocks.ts';
import type { ChunkKind } from './chunk.ts';
import { definitionOf, type Definition } from './definitions.ts';
import {
  innerStretchesOf,
  isLead,
  membersOf,
  stretchesOf,
  type Stretch,
} from './node-stretches.ts';
import type { Section } from './section.ts';

/** Kinds whose members are chunks of their own, so that editing one leaves the others alone… */
const OPEN_KINDS: ReadonlySet<ChunkKind> = new Set(['class', 'trait', 'module']);
/** … unless so short that the whole says more. A module is no thing of its own. */
const SHORT_LINES = 40;
/** Not definitions, but what lies in them is. */
const OPEN_TYPES =
  /^(?:preproc_(?:if|ifdef|else|elif|elifdef)|linkage_specification|enum_body_declarations|ERROR)$/;

/** Sections of a parsed text of so many lines. They read the tree, which must live as long. */
export function syntaxSections(root: Node, lineCount: number): Section {
  const whole = { from: 0, to: lineCount };
  let nodes = root.children;
  while (nodes.length === 1 && definitionOf(nodes[0]!) === null) nodes = nodes[0]!.children;
  return {
    ...whole,
    kind: 'code',
    names: [],
    owners: [],
    anchor: 0,
    open: true,
    parts: () => sectionsOf(stretchesOf(nodes), whole, 'code'),
  };
}

/** Lines between nodes belong to the node before, so that the sections cover the whole. */
function sectionsOf(stretches: readonly Stretch[], whole: Block, parent: ChunkKind): Section[] {
  return stretches.map(({ nodes, from }, i) => {
    const start = i === 0 ? whole.from : from;
    return new SyntaxSection(nodes, start, stretches[i + 1]?.from ?? whole.to, parent);
  });
}

class SyntaxSection implements Section {
  readonly from: number;
  readonly to: number;
  readonly kind: ChunkKind;
  readonly names: readonly string[];
  readonly owners: readonly string[];
  readonly anchor: number;
  readonly open: boolean;
  readonly #nodes: readonly Node[];
  readonly #definition: Definition | undefined;

  constructor(nodes: readonly Node[], from: number, to: number, parent: ChunkKind) {
    this.from = from;
    this.to = to;
    this.#nodes = nodes;
    const definitions = nodes
      .map(definitionOf)
      .filter((each) => each !== null)
      .filter((each) => counts(each, parent));
    this.#definition = definitions[0];
    this.names = definitions.flatMap(({ names }) => names);
    this.owners = definitions.flatMap(({ owners }) => owners);
    this.kind = kindWithin(parent, this.#definition);
    const named = this.#definition?.node ?? nodes.find((node) => !isLead(node)) ?? nodes[0];
    this.anchor = Math.min(Math.max(named?.startPosition.row ?? from, from), to - 1);
    this.open =
      nodes.some(({ type }) => OPEN_TYPES.test(type)) ||
      (OPEN_KINDS.has(this.kind) && (to - from > SHORT_LINES || this.kind === 'module'));
  }

  parts(): Section[] {
    const members = this.#definition && membersOf(this.#definition.node);
    if (!members) return sectionsOf(innerStretchesOf(this.#nodes), this, this.kind);
    const stretches = stretchesOf(members);
    // What stands before a definition's members is its head, however many lines it has.
    const end = stretches[0]?.from ?? this.to;
    const head = end > this.from ? [{ from: this.from, to: end, nodes: [] }] : [];
    return sectionsOf([...head, ...stretches], this, this.kind);
  }
}

/** Fields and locals are details of what they lie in. */
function counts({ kind }: Definition, parent: ChunkKind): boolean {
  return kind !== 'variable' || parent === 'code' || parent === 'module';
}

function kindWithin(parent: ChunkKind, definition: Definition | undefined): ChunkKind {
  if (!definition) return parent === 'function' || parent === 'method' ? parent : 'code';
  const inClass = parent === 'class' || parent === 'trait' || parent === 'interface';
  return inClass && definition.kind === 'function' ? 'method' : definition.kind;
}
