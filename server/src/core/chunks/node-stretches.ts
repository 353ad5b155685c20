import type { Node } from 'web-tree-sitter';

/** Lines `from` (inclusive) to `to` (exclusive), 0-based, with the nodes that stand in them. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly nodes: readonly Node[];
}

/** Belong to what follows them. */
const LEADS =
  /comment$|^(?:attribute_item|inner_attribute_item|decorator|attribute_list|annotation|shebang|hash_bang_line|access_specifier)$/;
const BODIES = /(?:^|_)(?:body|block|statements?|declaration_list)$/;
const DEEPEST_BODY = 6;

/** Comments, attributes and the like. */
export function isLead({ type }: Node): boolean {
  return LEADS.test(type);
}

/** The nodes' lines: nodes that share a line belong together, as do comments and what follows. */
export function stretchesOf(nodes: readonly Node[]): Stretch[] {
  const stretches: { from: number; to: number; nodes: Node[] }[] = [];
  let onlyLeads = false;
  for (const node of nodes) {
    const from = node.startPosition.row;
    const last = stretches.at(-1);
    // One blank line does not part a comment from what it is about.
    if (last && (from < last.to || (onlyLeads && from - last.to <= 1))) {
      last.nodes.push(node);
      last.to = Math.max(last.to, endLineOf(node));
      onlyLeads &&= isLead(node);
    } else {
      stretches.push({ from, to: endLineOf(node), nodes: [node] });
      onlyLeads = isLead(node);
    }
  }
  return stretches;
}

/** As `stretchesOf`, but while that gives one stretch only, the longest node gives way to its children. */
export function innerStretchesOf(nodes: readonly Node[]): Stretch[] {
  let current = [...nodes];
  for (;;) {
    const stretches = stretchesOf(current);
    const longest = longestOf(current);
    if (stretches.length > 1 || longest === null) return stretches;
    const at = current.indexOf(longest);
    current = [...current.slice(0, at), ...longest.children, ...current.slice(at + 1)];
  }
}

/** What a definition's body holds, with the comments right before it; null where it has no body. */
export function membersOf(definition: Node): Node[] | null {
  let node = definition;
  for (let depth = 0; depth < DEEPEST_BODY; depth++) {
    const { children } = node;
    const body =
      node.childForFieldName('body') ??
      children.findLast(({ type, isNamed }) => isNamed && BODIES.test(type));
    if (body) {
      let at = children.findIndex(({ id }) => id === body.id);
      const head = body.startPosition.row;
      const inside = body.children.filter(
        ({ isNamed, startPosition }) => isNamed || startPosition.row > head,
      );
      const before: Node[] = [];
      while (at > 0 && isLead(children[at - 1]!)) before.unshift(children[--at]!);
      return [...before, ...inside];
    }
    const longest = longestOf(children);
    if (longest === null) return null;
    node = longest;
  }
  return null;
}

/** The node of most lines that has children; null where none has more than one line. */
function longestOf(nodes: readonly Node[]): Node | null {
  let longest: Node | null = null;
  let most = 1;
  for (const node of nodes) {
    const lines = endLineOf(node) - node.startPosition.row;
    if (lines > most && node.childCount > 0) {
      longest = node;
      most = lines;
    }
  }
  return longest;
}

/** Exclusive. A node that ends with a line's end does not reach into the next. */
function endLineOf(node: Node): number {
  const { row, column } = node.endPosition;
  return column === 0 && row > node.startPosition.row ? row : row + 1;
}
