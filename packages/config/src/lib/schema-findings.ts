import type { Feature } from '@windhover/core/feature';
import { describeValue, listNames, nearestName } from '@windhover/options';
import { type ConfigPath, valueAt } from './config-path.ts';
import { type Finding, findingAt, findingAtKey } from './finding.ts';
import { describeExpected, type JsonSchema, keysBeside, knownKeys, wordsAt } from './json-schema.ts';
import { keyOfAnotherLevel, levelOf } from './key-of-another-level.ts';
import { type MeantKeys, meantKey } from './meant-key.ts';
import { meantValue } from './meant-value.ts';

/** The members of an issue in every Standard Schema library, and those that zod adds. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly errors?: readonly (readonly SchemaIssue[])[];
  readonly issues?: readonly SchemaIssue[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  /** Set by an `OptionsError`. */
  readonly suggestion?: string | undefined;
  /** Set by our own schemas; zod passes on `params` unchanged. */
  readonly params?: { readonly suggestion?: unknown } | undefined;
}

/** The part of a configuration that a schema checked. */
export interface Checked {
  /** The place of the part. */
  readonly base: ConfigPath;
  readonly value: unknown;
  /** The same schema as JSON Schema, which lists the allowed names and types. */
  readonly schema: JsonSchema;
  /** Keys that are not built yet. Default: none. */
  readonly planned?: ReadonlySet<string>;
  /** Keys of other servers, and our equivalents. Default: none. */
  readonly meant?: MeantKeys | undefined;
  /** The features of the distribution, if the part is a whole configuration with sites. Default: none. */
  readonly features?: ReadonlyMap<string, Feature<unknown>>;
  /** Whether a plugin could not be used, so that an unknown key may be its feature. Default: false. */
  readonly lacksPlugin?: boolean;
}

/** Translates the issues of a schema library into our wording. */
export function schemaFindings(issues: readonly SchemaIssue[], checked: Checked): Finding[] {
  const findings = issues.flatMap((issue) => toFindings(issue, plainPath(issue.path), checked));
  return withoutMisspelt(findings, checked);
}

/** If `roots` is probably a misspelt `root`, or `proxy` stands beside `routes`, only that is reported, not also the missing key. */
export function withoutMisspelt(
  findings: readonly Finding[],
  { base, value }: Pick<Checked, 'base' | 'value'>,
): Finding[] {
  const suggested = new Set(findings.map(placeOfSuggestion));
  return findings.filter(({ at }) => {
    if ('offset' in at || valueAt(value, at.path.slice(base.length)) !== undefined) return true;
    return !suggested.has(JSON.stringify(at.path));
  });
}

/** Returns the place of the key that is suggested instead of an unknown one; `null` for other findings. */
function placeOfSuggestion({ at, suggestion }: Finding): string | null {
  if ('offset' in at || at.part !== 'key' || suggestion === undefined) return null;
  const [key] = suggestion.split(':'); // of `routes: [ … ]`
  return JSON.stringify([...at.path.slice(0, -1), key]);
}

function toFindings(issue: SchemaIssue, path: ConfigPath, checked: Checked): Finding[] {
  const { base, value, schema } = checked;
  const found = valueAt(value, path);
  const at = [...base, ...path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return (issue.keys ?? [])
        .map(
          (key) =>
            misplacedKey(checked, path, key, found) ?? unknownKey([...at, key], key, knownKeys(schema, path), checked),
        )
        .map((finding) => withMeant(finding, issue))
        .filter((finding) => !mayBeOfPlugin(finding, checked));
    case 'invalid_value':
      return [withMeant(oneOf(at, found, issue.values ?? []), issue)];
    case 'invalid_union': {
      const branch = nearestBranch(issue.errors ?? [], found);
      if (branch === undefined || isOneOfWords(branch)) return [wrongKind(at, found, schema, path)];
      return branch.flatMap((inner) => toFindings(inner, [...path, ...plainPath(inner.path)], checked));
    }
    case 'invalid_key':
      return [findingAtKey(at, `${issue.issues?.[0]?.message ?? issue.message}, found ${describeValue(path.at(-1))}`)];
    case 'too_small':
    case 'too_big':
      return [wrongType(at, found, describeSize(issue) ?? describeExpected(schema, path))];
    case 'invalid_type':
      return [withMeant(wrongKind(at, found, schema, path), issue)];
    default:
      return [
        findingAt(
          at,
          withFound(issue.message, found ?? scalarAbove(value, path)),
          issue.suggestion ?? suggestionOf(issue),
        ),
      ];
  }
}

/** Whether a finding is about an unknown key that a missing plugin may have. */
function mayBeOfPlugin({ at, suggestion }: Finding, { lacksPlugin, features, schema }: Checked): boolean {
  if (lacksPlugin !== true || suggestion !== undefined || 'offset' in at || levelOf(at.path) === null) return false;
  const key = String(at.path.at(-1));
  return features?.has(key) !== true && !knownKeys(schema, []).includes(key);
}

function suggestionOf({ params }: SchemaIssue): string | undefined {
  return typeof params?.suggestion === 'string' ? params.suggestion : undefined;
}

/** Adds what a schema of ours suggests. Only its message can carry that where zod itself finds the fault: `meant: { any: [...] }`. */
function withMeant(finding: Finding, { message }: SchemaIssue): Finding {
  return message.startsWith('meant: ') ? { ...finding, suggestion: message.slice('meant: '.length) } : finding;
}

/** Appends the found value, unless the message already mentions it. */
function withFound(message: string, found: unknown): string {
  return message.includes('found') ? message : `${message}, found ${describeValue(found)}`;
}

/** Reports a key that exists, but not in this kind of map: `every` beside `file`. */
function misplacedKey({ base, schema }: Checked, path: ConfigPath, key: string, found: unknown): Finding | null {
  const beside = keysBeside(schema, path, key, found);
  if (beside === null) return null;
  const belongs = beside.needed.length === 0 ? '' : `, which belongs to ${listNames(beside.needed)}`;
  return findingAtKey([...base, ...path, key], `expected ${listNames(beside.names)}, found \`${key}\`${belongs}`);
}

/** Reports an unknown key and the allowed names. */
function unknownKey(
  path: ConfigPath,
  key: string,
  names: readonly string[],
  { schema, planned, meant = {}, features }: Checked,
): Finding {
  if (planned?.has(key) === true) return findingAtKey(path, `\`${key}\` is not built yet`);
  const elsewhere = features === undefined ? null : keyOfAnotherLevel(path, features, knownKeys(schema, []));
  if (elsewhere !== null) return findingAtKey(path, elsewhere.message, elsewhere.suggestion);
  // A map of another form has this key.
  if (names.includes(key)) return findingAtKey(path, `\`${key}\` does not go together with the other keys here`);
  const suggestion = meantKey(key, names, meant) ?? nearestName(key, names);
  const isLong = names.length > 10 && suggestion !== undefined; // the suggestion says more than fifty names
  const which = isLong ? 'a key that exists here' : names.length === 0 ? 'no keys here' : listNames(names);
  return findingAtKey(path, `expected ${which}, found \`${key}\``, suggestion);
}

function oneOf(path: ConfigPath, found: unknown, values: readonly unknown[]): Finding {
  const word = found === false ? 'false' : found;
  const suggestion = typeof word === 'string' ? meantValue(word, values) : undefined;
  return findingAt(path, `expected ${listNames(values)}, found ${describeValue(found)}`, suggestion);
}

function wrongType(path: ConfigPath, found: unknown, expected: string): Finding {
  const what = expected === '' ? 'something else' : expected;
  if (found !== undefined || typeof path.at(-1) !== 'string') {
    return findingAt(path, `expected ${what}, found ${describeValue(found)}`);
  }
  return findingAt(path, `expected the key \`${path.at(-1)}\` with ${what}, found none`);
}

/** A value of none of the kinds that a schema allows, with the word that was meant, if some are allowed. */
function wrongKind(at: ConfigPath, found: unknown, schema: JsonSchema, path: ConfigPath): Finding {
  const finding = wrongType(at, found, describeExpected(schema, path));
  return typeof found === 'string' ? { ...finding, suggestion: meantValue(found, wordsAt(schema, path)) } : finding;
}

function describeSize({ code, origin, minimum, maximum }: SchemaIssue): string | undefined {
  const size = code === 'too_small' ? `${minimum} or more` : `${maximum} or less`;
  if (origin === 'array') return `a list with ${size} entries`;
  return origin === 'string' ? `a text of ${size} characters` : undefined;
}

/** Returns the branch of a union that had the right type but wrong content, and knows most of the keys. */
function nearestBranch(
  branches: readonly (readonly SchemaIssue[])[],
  found: unknown,
): readonly SchemaIssue[] | undefined {
  const possible = branches.filter(
    (issues) => issues.length > 0 && !issues.some((issue) => isOfAnotherType(issue, found)),
  );
  const fewest = Math.min(...possible.map(unknownKeys));
  return possible.find((issues) => unknownKeys(issues) === fewest);
}

/** Whether a branch of a union only takes other words in place of the value, so that the other branches may have been meant as well. */
function isOneOfWords(branch: readonly SchemaIssue[]): boolean {
  return branch.every(({ code, path }) => code === 'invalid_value' && plainPath(path).length === 0);
}

/** How many keys of the value a branch does not know: the branch that knows most of them was meant. */
function unknownKeys(issues: readonly SchemaIssue[]): number {
  const own = issues.filter(({ code, path }) => code === 'unrecognized_keys' && plainPath(path).length === 0);
  return own.reduce((count, { keys = [] }) => count + keys.length, 0);
}

/** Whether the value itself, not something inside it, had the wrong type. */
function isOfAnotherType({ code, path, errors = [] }: SchemaIssue, found: unknown): boolean {
  if (plainPath(path).length > 0) return false;
  if (code === 'invalid_value') return typeof found === 'object'; // a map in place of one of several words
  const isOther = (branch: readonly SchemaIssue[]): boolean => branch.some((issue) => isOfAnotherType(issue, found));
  return code === 'invalid_type' || (code === 'invalid_union' && errors.every(isOther));
}

/**
 * `listen: x` is accepted as a list of one entry, and `errorPages: ./x` as a map with one key. For an error inside, the found value is
 * therefore one step up.
 */
function scalarAbove(value: unknown, path: ConfigPath): unknown {
  const above = path.length > 0 ? valueAt(value, path.slice(0, -1)) : undefined;
  return typeof above === 'object' ? undefined : above;
}

/** Converts a path to plain keys: Standard Schema also allows `{ key }` as a step. */
function plainPath(path: readonly unknown[] = []): ConfigPath {
  return path.map((step) => {
    const key = typeof step === 'object' && step !== null && 'key' in step ? step.key : step;
    return typeof key === 'number' ? key : String(key);
  });
}
