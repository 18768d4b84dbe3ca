import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from "graphql";
import { isStorable } from "../base/storable-text";

/** What can be said of an operation without its variables. The document must have passed validation. */
export interface DocumentMeasure {
  /** Levels of fields; `{ a }` has one. What asks about the schema itself is not counted. */
  depth: number;
  /** In the whole document, used or not. */
  aliases: number;
  introspects: boolean;
  /** Whether all texts written in the document can be kept. */
  isStorable: boolean;
  /** By name, each once, so that nobody can count one field under many aliases. */
  rootFields: readonly string[];
  /** By name, where the operation asks it: once for each response key. */
  rootNodes: ReadonlyMap<string, readonly FieldNode[]>;
}

export function measureDocument(document: DocumentNode, operation: OperationDefinitionNode): DocumentMeasure {
  const fragments = fragmentsOf(document);
  const keys = responseKeysOf(operation.selectionSet, fragments);
  return {
    depth: makeDepthOf(fragments)(operation.selectionSet),
    rootFields: [...keys.keys()],
    rootNodes: new Map([...keys].map(([name, named]) => [name, [...named.values()]])),
    ...countFields(document),
  };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function countFields(document: DocumentNode): Pick<DocumentMeasure, "aliases" | "introspects" | "isStorable"> {
  let storable = true;
  let aliases = 0;
  let introspects = false;
  visit(document, {
    StringValue({ value }) {
      storable &&= isStorable(value);
    },
    Field(node) {
      if (node.alias) aliases++;
      if (node.name.value === "__schema" || node.name.value === "__type") introspects = true;
    },
  });
  return { aliases, introspects, isStorable: storable };
}

/** Each fragment is measured once, however often it is spread: fragments of fragments would take for ever otherwise. */
function makeDepthOf(fragments: Fragments): (set: SelectionSetNode) => number {
  const known = new Map<string, number>();

  function ofFragment(name: string): number {
    const depth = known.get(name);
    if (depth !== undefined) return depth;
    known.set(name, 0);
    const fragment = fragments.get(name);
    const measured = fragment ? ofSet(fragment.selectionSet) : 0;
    known.set(name, measured);
    return measured;
  }

  function ofSet(set: SelectionSetNode): number {
    let deepest = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) deepest = Math.max(deepest, ofFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) deepest = Math.max(deepest, ofSet(selection.selectionSet));
      else if (!selection.name.value.startsWith("__")) {
        deepest = Math.max(deepest, 1 + (selection.selectionSet ? ofSet(selection.selectionSet) : 0));
      }
    }
    return deepest;
  }

  return ofSet;
}

type ResponseKeys = Map<string, Map<string, FieldNode>>;

/** The response keys of each root field. A field that is selected twice under one key is answered once. */
function responseKeysOf(
  set: SelectionSetNode,
  fragments: Fragments,
  keys: ResponseKeys = new Map(),
  seen = new Set<string>(),
): ResponseKeys {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) addKey(keys, selection);
    else if (selection.kind === Kind.INLINE_FRAGMENT) responseKeysOf(selection.selectionSet, fragments, keys, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment) responseKeysOf(fragment.selectionSet, fragments, keys, seen);
    }
  }
  return keys;
}

function addKey(keys: ResponseKeys, field: FieldNode): void {
  const name = field.name.value;
  const named = keys.get(name) ?? new Map<string, FieldNode>();
  keys.set(name, named.set((field.alias ?? field.name).value, field));
}
