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

/** A stretch of the text, by offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A configuration file that was read as YAML, of which JSON is a part. */
export interface ConfigDocument {
  /** As plain maps, lists and scalars; `undefined` when the text is empty or its syntax is so wrong that its values mean nothing. */
  readonly value: unknown;
  /** What is wrong with the syntax. */
  readonly findings: readonly Finding[];
  /**
   * Where a place of the configuration stands in the text. A place that is missing is where its nearest parent is; `path` says
   * how far the text goes along.
   */
  locate(path: ConfigPath, part: 'key' | 'value'): { readonly span: Span; readonly path: ConfigPath };
}

/** Reads YAML or JSON. Never throws: what is wrong is a finding. */
export function parseConfigDocument(text: string): ConfigDocument {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const findings = [...document.errors, ...document.warnings].map((error) => syntaxFinding(error, text));
  if (text.includes('*')) findings.push(...replaceUnknownAliases(document)); // a walk through the whole tree
  // A key that stands twice leaves a tree that means something, other errors do not: no second guesses about those.
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

/** `*:80` without quotes is an alias. It becomes the text that was meant, so that the rest can be checked too. */
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

/** The pairs of a map by key; of a key that stands twice, the last. Made for the maps that are looked into. */
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
      const isInsideScalar = isScalar(node) && node.value !== null; // `to: x` read as a list of one: there is no `to[0]` to show
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
