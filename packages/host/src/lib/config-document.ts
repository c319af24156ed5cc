import {
  type Document,
  isAlias,
  isMap,
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
import { type Finding, findingAt } from './finding.ts';
import { syntaxFinding } from './syntax-finding.ts';

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
  /**
   * Finds the position of a configuration path in the text. For a missing place it returns the position of the nearest parent. If the text
   * has a scalar where the path continues, the returned `path` ends at that scalar.
   */
  locate(path: ConfigPath, part: 'key' | 'value'): { readonly span: Span; readonly path: ConfigPath };
}

/** Reads YAML or JSON. Never throws: errors become findings. */
export function parseConfigDocument(text: string): ConfigDocument {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const findings = [...document.errors, ...document.warnings].map((error) => syntaxFinding(error, text));
  if (text.includes('*')) findings.push(...replaceUnknownAliases(document)); // this walks the whole tree
  // A tree with a duplicate key is still meaningful. After any other error it is not, so its values are not checked.
  const isReadable = document.errors.every((error) => error.code === 'DUPLICATE_KEY');
  let value: unknown;
  if (isReadable) {
    try {
      value = document.toJS({ maxAliasCount: 100 }) ?? undefined;
    } catch (error) {
      findings.push(findingAt([], `expected fewer aliases, found: ${(error as Error).message}`));
    }
  }
  if (findings.length === 0 && value === undefined)
    findings.push(findingAt([], 'expected a configuration, found nothing'));
  const pairs: PairIndex = new WeakMap();
  return { value, findings, locate: (path, part) => locate(document, pairs, path, part) };
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
