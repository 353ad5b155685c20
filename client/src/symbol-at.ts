export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The part of `vscode.DocumentSymbol` that is read here. */
export interface SymbolNode {
  readonly name: string;
  readonly kind: number;
  readonly range: Range;
  readonly children: readonly SymbolNode[];
}

/**
 * The innermost definition around a position; where there is none, the innermost symbol of any kind.
 * A local variable is a symbol too, but who asks for the code at the cursor means its function.
 */
export function symbolAt(
  symbols: readonly SymbolNode[],
  position: Position,
  isDefinition: (kind: number) => boolean,
): SymbolNode | null {
  const around = symbolsAround(symbols, position);
  return around.findLast(({ kind }) => isDefinition(kind)) ?? around.at(-1) ?? null;
}

/** Outermost first. */
function symbolsAround(symbols: readonly SymbolNode[], position: Position): SymbolNode[] {
  const around = symbols.find(({ range }) => contains(range, position));
  return around === undefined ? [] : [around, ...symbolsAround(around.children, position)];
}

function contains({ start, end }: Range, position: Position): boolean {
  return compare(start, position) <= 0 && compare(position, end) <= 0;
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}
