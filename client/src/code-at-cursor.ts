import * as vscode from 'vscode';
import { blockAt } from './block-at.ts';
import { type SymbolNode, symbolAt } from './symbol-at.ts';

export interface CodeAtCursor {
  readonly uri: vscode.Uri;
  readonly text: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
}

/** The selection, or else the function, class or block around the cursor; null for neither. */
export async function codeAtCursor(editor: vscode.TextEditor): Promise<CodeAtCursor | null> {
  const { document, selection } = editor;
  const range = selection.isEmpty ? await symbolRange(document, selection.active) : selection;
  if (range === null) return null;
  const text = document.getText(range);
  if (text.trim() === '') return null;
  // A selection of whole lines ends at the start of the line after them.
  const tail = range.end.character === 0 && range.end.line > range.start.line ? 0 : 1;
  return {
    uri: document.uri,
    text,
    startLine: range.start.line + 1,
    endLine: range.end.line + tail,
  };
}

async function symbolRange(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Range | null> {
  const found = await vscode.commands.executeCommand<
    readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined
  >('vscode.executeDocumentSymbolProvider', document.uri);
  const symbol = symbolAt((found ?? []).map(nodeOf), position, isDefinition);
  if (symbol === null) return blockRange(document, position);
  const { start, end } = symbol.range;
  // From the first column, so that the text is indented as in the file.
  return document.validateRange(new vscode.Range(start.line, 0, end.line, end.character));
}

function blockRange(document: vscode.TextDocument, position: vscode.Position): vscode.Range | null {
  const block = blockAt(document.getText().split(/\r?\n/), position.line);
  if (block === null) return null;
  return new vscode.Range(block.start, 0, block.end, document.lineAt(block.end).text.length);
}

/** Older symbol providers give a flat list. */
function nodeOf(symbol: vscode.DocumentSymbol | vscode.SymbolInformation): SymbolNode {
  if ('children' in symbol) return symbol;
  return { name: symbol.name, kind: symbol.kind, range: symbol.location.range, children: [] };
}

function isDefinition(kind: number): boolean {
  const kinds: readonly number[] = [
    vscode.SymbolKind.Function,
    vscode.SymbolKind.Method,
    vscode.SymbolKind.Constructor,
    vscode.SymbolKind.Class,
    vscode.SymbolKind.Interface,
    vscode.SymbolKind.Enum,
    vscode.SymbolKind.Struct,
    vscode.SymbolKind.Module,
    vscode.SymbolKind.Namespace,
  ];
  return kinds.includes(kind);
}
