import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { ConfigPath } from './config-path.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { type Finding, findingAt } from './finding.ts';
import type { Reference } from './reference-types.ts';
import { type Environment, substituteReferences } from './substitute-references.ts';
import { bareReference, duplicateFinding, syntaxFinding } from './syntax-finding.ts';

/** A range of the text, as offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A configuration file parsed as YAML; JSON is a subset of YAML. */
export interface ConfigDocument {
  /** Plain maps, lists and scalars; `undefined` when the text is empty, or when syntax errors make its values meaningless. */
  readonly value: unknown;
  /** The syntax errors. */
  readonly findings: readonly Finding[];
  /** Whether the text has no content, for example only comments. */
  readonly isEmpty: boolean;
  /** The values that name variables of the environment. */
  readonly references: readonly Reference[];
  /**
   * Finds the position of a configuration path in the text. For a missing place it returns the position of the nearest parent. If the text
   * has a scalar where the path continues, the returned `path` ends at that scalar.
   */
  locate(path: ConfigPath, part: 'key' | 'value'): { readonly span: Span; readonly path: ConfigPath };
}

/**
 * Reads YAML or JSON. Never throws: errors become findings.
 *
 * @param env replaces references such as `${PORT}`. Default: references are ordinary text
 */
export function parseConfigDocument(text: string, env?: Environment): ConfigDocument {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const bare =
    env === undefined || document.errors.length === 0 ? null : bareReference(text, document.errors[0]!.pos[0]);
  const findings =
    bare !== null ? [bare] : [...document.errors, ...document.warnings].map((error) => syntaxFinding(error));
  findings.push(...duplicateKeys(document.contents).map((offset) => duplicateFinding(offset, text)));
  if (text.includes('*')) findings.push(...replaceUnknownAliases(document)); // this walks the whole tree
  const references = env !== undefined && text.includes('${') ? replaceReferences(document, env, findings) : [];
  let value: unknown;
  if (document.errors.length === 0) {
    // after an error of syntax the values mean nothing
    try {
      value = document.toJS({ maxAliasCount: 100 }) ?? undefined;
    } catch (error) {
      findings.push(findingAt([], `expected fewer aliases, found: ${(error as Error).message}`));
    }
  }
  const isEmpty = findings.length === 0 && value === undefined;
  if (isEmpty) findings.push(findingAt([], 'expected a configuration, found nothing'));
  const pairs: PairIndex = new WeakMap();
  return { value, findings, isEmpty, references, locate: (path, part) => locate(document, pairs, path, part) };
}

/** YAML reads an unquoted `*:80` as an alias. An unknown alias is replaced with the intended text, so that the rest can be checked too. */
function replaceUnknownAliases(document: Document): Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      const message = `expected quotes around a text that begins with \`*\`, or an anchor \`&${alias.source}\` above, found neither`;
      findings.push({ at: { offset: alias.range?.[0] ?? 0 }, message });
      const meant = new Scalar(`*${alias.source}`);
      if (alias.range) meant.range = alias.range;
      return meant;
    },
  });
  return findings;
}

/** Puts the values of variables in place of the references, in the tree, so that a value can never add keys. */
function replaceReferences(document: Document, env: Environment, findings: Finding[]): Reference[] {
  const references: Reference[] = [];
  visit(document, {
    Scalar(key, scalar, ancestors) {
      if (key === 'key' || typeof scalar.value !== 'string' || !scalar.value.includes('${')) return;
      const { text, names, isDefault, problems } = substituteReferences(scalar.value, env);
      const path = pathOf([...ancestors, scalar]);
      findings.push(...problems.map(({ message }) => findingAt(path, message)));
      if (names.length > 0) references.push({ path, names, written: scalar.value, isDefault });
      scalar.value = text;
    },
  });
  return references;
}

/** Returns the path of the last of these nodes, each of which contains the next. */
function pathOf(nodes: readonly unknown[]): ConfigPath {
  const path: (string | number)[] = [];
  for (const [index, node] of nodes.entries()) {
    if (isSeq(node)) path.push(node.items.indexOf(nodes[index + 1]));
    else if (isPair(node) && isScalar(node.key)) path.push(String(node.key.value));
  }
  return path;
}

/** The pairs of a map by key; the last one wins for a duplicate key. Created for a map when it is first looked up. */
type PairIndex = WeakMap<YAMLMap, ReadonlyMap<string, Pair>>;

function locate(
  document: Document,
  pairs: PairIndex,
  path: ConfigPath,
  part: 'key' | 'value',
): { span: Span; path: ConfigPath } {
  let node = resolveAlias(document, document.contents);
  let span = spanOf(node);
  let keySpan = span;
  for (const [depth, step] of path.entries()) {
    const child = childOf(node, step, pairs);
    if (child === null) {
      const isInsideScalar = isScalar(node) && node.value !== null; // `to: x` is accepted as a list of one entry, so the text has no `to[0]`
      return isInsideScalar ? { span, path: path.slice(0, depth) } : { span: keySpan, path };
    }
    keySpan = child.key;
    span = child.value ?? child.key;
    node = resolveAlias(document, child.node);
  }
  return { span: part === 'key' ? keySpan : span, path };
}

function childOf(
  node: unknown,
  step: string | number,
  pairs: PairIndex,
): { key: Span; value: Span | null; node: unknown } | null {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? null : { key: spanOf(item), value: spanOf(item), node: item };
  }
  if (!isMap(node)) return null;
  let byKey = pairs.get(node);
  if (byKey === undefined) {
    byKey = new Map(node.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])));
    pairs.set(node, byKey);
  }
  const pair = byKey.get(String(step));
  if (pair === undefined) return null;
  const value = pair.value as Node | null;
  const isEmpty = value === null || !value.range || value.range[0] === value.range[1];
  return { key: spanOf(pair.key), value: isEmpty ? null : spanOf(value), node: value };
}

function resolveAlias(document: Document, node: unknown): unknown {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function spanOf(node: unknown): Span {
  const range = (node as Node | null)?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}
