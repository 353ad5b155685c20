import type { Node } from 'web-tree-sitter';
import type { ChunkKind } from './chunk.ts';

/** A name's place in the program, as the syntax tree shows it. */
export interface Definition {
  readonly kind: ChunkKind;
  readonly names: readonly string[];
  readonly owners: readonly string[];
  /** The node that defines; the one asked about may be a wrapper around it. */
  readonly node: Node;
}

/** Kinds by node type. Grammars name alike what is alike, so one table serves them all. */
const KIND_BY_TYPE: ReadonlyMap<string, ChunkKind> = new Map(
  Object.entries({
    function:
      'function_declaration function_definition function_item function_signature_item ' +
      'function_signature generator_function_declaration function_statement function ' +
      'local_function_statement protocol_function_declaration macro_function_definition',
    method:
      'method_declaration method_definition method singleton_method constructor_declaration ' +
      'destructor_declaration secondary_constructor init_declaration deinit_declaration ' +
      'class_method_definition operator_declaration conversion_operator_declaration ' +
      'indexer_declaration subscript_declaration method_signature abstract_method_signature ' +
      'compact_constructor_declaration',
    class:
      'class_declaration class_definition abstract_class_declaration class_specifier class ' +
      'class_statement impl_item object_declaration object_definition companion_object ' +
      'record_declaration record_struct_declaration extension_declaration extension_definition ' +
      'mixin_declaration singleton_class',
    interface: 'interface_declaration protocol_declaration annotation_type_declaration',
    struct: 'struct_declaration struct_specifier struct_item union_specifier union_item',
    enum: 'enum_declaration enum_specifier enum_item enum_definition enum_statement',
    trait: 'trait_item trait_declaration trait_definition',
    type:
      'type_alias_declaration type_alias type_item type_definition type_declaration ' +
      'alias_declaration typealias_declaration delegate_declaration concept_definition',
    module:
      'namespace_definition namespace_declaration file_scoped_namespace_declaration ' +
      'internal_module module mod_item package_object',
    variable:
      'lexical_declaration variable_declaration const_declaration var_declaration const_item ' +
      'static_item property_declaration public_field_definition field_definition ' +
      'field_declaration val_definition var_definition given_definition variable_assignment ' +
      'assignment assignment_expression declaration event_field_declaration',
    macro: 'macro_definition preproc_def preproc_function_def',
  }).flatMap(([kind, types]) => types.split(' ').map((type) => [type, kind as ChunkKind])),
);

/** Nodes that only surround a definition. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'export_statement',
  'decorated_definition',
  'template_declaration',
  'ambient_declaration',
  'expression_statement',
  'declaration_command',
  'global_statement',
]);

/** What a node defines; null for a statement. */
export function definitionOf(node: Node): Definition | null {
  if (!node.isNamed) return null;
  const kind = KIND_BY_TYPE.get(node.type);
  if (kind !== undefined) {
    const found = namesOf(node);
    if (kind !== 'variable') return { kind, node, ...found };
    if (found.names.length === 0) return null;
    return { kind: holdsFunction(node) ? 'function' : kind, node, ...found };
  }
  if (!WRAPPERS.has(node.type)) return null;
  for (const child of node.namedChildren) {
    const inner = definitionOf(child);
    if (inner) return inner;
  }
  return null;
}

const FUNCTION_VALUE = /function|lambda|closure/;

/** `const name = () => …`, `exports.name = function …`: a function in all but form. */
function holdsFunction(node: Node): boolean {
  const value = node.childForFieldName('value') ?? node.childForFieldName('right');
  if (value) return FUNCTION_VALUE.test(value.type);
  const [only, another] = node.namedChildren.filter(({ type }) => SPECS.test(type));
  return only !== undefined && another === undefined && holdsFunction(only);
}

interface Names {
  readonly names: readonly string[];
  readonly owners: readonly string[];
}

/** Spread over many files, they say no more than a folder's name. */
const NAMESPACES = /namespace/;
const NO_NAMES: Names = { names: [], owners: [] };
/** One declaration may hold several of these. */
const SPECS =
  /^(?:type|const|var)_spec$|^(?:variable|init)_declarator$|^(?:const|property)_element$|^variable_assignment$|^var_spec_list$|^variable_declaration$/;
const BARE_NAMES =
  /^(?:identifier|simple_identifier|type_identifier|function_name|simple_name|constant)$/;
const DEEPEST_DECLARATOR = 8;

function namesOf(node: Node): Names {
  if (NAMESPACES.test(node.type)) return NO_NAMES;
  const name = node.childForFieldName('name');
  if (name) return { names: lastNameIn(name.text), owners: receiverOf(node) };
  const specs = node.namedChildren.filter(({ type }) => SPECS.test(type));
  if (specs.length > 0) {
    return { names: specs.flatMap((spec) => namesOf(spec).names), owners: [] };
  }
  const target = node.childForFieldName('declarator') ?? node.childForFieldName('left');
  if (target) return targetNames(target);
  const other =
    node.childForFieldName('pattern') ??
    node.childForFieldName('type') ??
    node.namedChildren.find(({ type }) => BARE_NAMES.test(type));
  return other ? { names: lastNameIn(other.text), owners: [] } : NO_NAMES;
}

/** `*Type::name(…)`, `exports.name`, `name[]`: the name, and what stands before it. */
function targetNames(target: Node): Names {
  let node = target;
  for (let depth = 0; depth < DEEPEST_DECLARATOR; depth++) {
    const inner = node.childForFieldName('declarator');
    if (!inner) break;
    node = inner;
  }
  const names = lastNameIn(node.text);
  const scope = node.childForFieldName('scope');
  return { names, owners: scope ? lastNameIn(scope.text) : [] };
}

/** The type of a Go method's receiver. */
function receiverOf(node: Node): readonly string[] {
  const receiver = node.childForFieldName('receiver');
  const match = receiver && /([\p{L}_][\p{L}\p{N}_]*)(?:\[[^\]]*\])?\s*\)$/u.exec(receiver.text);
  return match ? [match[1]!] : [];
}

const IDENTIFIER = /[\p{L}_$~][\p{L}\p{N}_$-]*[?!]?/gu;
const LONGEST_NAME = 200;

/** The last identifier of a dotted or generic name: `a.b.Name<T>` gives `Name`. */
function lastNameIn(text: string): string[] {
  const plain = text.slice(0, LONGEST_NAME).replace(/[<([{=].*$/s, '');
  const name = plain.match(IDENTIFIER)?.at(-1);
  return name === undefined ? [] : [name];
}
