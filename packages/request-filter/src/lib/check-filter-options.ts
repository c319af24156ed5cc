import {
  anyFunction,
  checkOptions,
  isRecord,
  listOf,
  oneOf,
  orNull,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  unknownName,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { optionError } from './errors.ts';
import type { FilteringRule, NameRules, RequestFilterOptions } from './filter-options.ts';
import type { StrictOptions } from './strict/strict-options.ts';

const bytes = orNull(wholeNumber(0));
const text = rule('a text', (value) => typeof value === 'string' && value !== '');
const texts = listOf('texts', text);
const fieldName = rule(
  'the name of a field, such as x-api-key',
  (value) => typeof value === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value),
);
const extension = rule(
  'an extension such as .config, or . for none',
  (value) => typeof value === 'string' && /^\.[^./\\]*$/.test(value),
);
const path = rule('a path that begins with /', (value) => typeof value === 'string' && value.startsWith('/'));
const escapes = ['%2f', '%5c', '%00', '%3b', '%25', '%3f', '%23'];

/** The kinds of attacks, for the check of `strict.except`. */
const kinds = [
  ...['traversal', 'sql', 'command', 'template', 'xss', 'scanner', 'dotfiles', 'java', 'php', 'injection'],
];

const filteringRule: Rules<FilteringRule> = {
  name: text,
  deny: texts,
  scanUrl: trueOrFalse,
  scanQuery: trueOrFalse,
  scanHeaders: listOf('names of fields', fieldName),
  scanAllRaw: trueOrFalse,
  denyUnescapedPercent: trueOrFalse,
  extensions: listOf('extensions', extension),
};
const strictRules: Rules<StrictOptions> = {
  except: listOf('kinds', oneOf(...kinds)),
  headers: listOf('names of fields', fieldName),
};

const optionRules: Rules<RequestFilterOptions> = {
  preset: rule("'iis-defaults', 'strict' or a list of them", (value) =>
    [value].flat().every((each) => each === 'iis-defaults' || each === 'strict'),
  ),
  maxUrlBytes: bytes,
  maxQueryBytes: bytes,
  maxBodyBytes: bytes,
  maxHeaderBytes: record('bytes by the names of fields', fieldName, wholeNumber(0)),
  verbs: nested(namesOf(text)),
  extensions: nested(namesOf(extension)),
  hiddenSegments: nested({ deny: texts, remove: texts }),
  denyUrlSequences: texts,
  alwaysAllowedUrls: listOf('paths', path),
  denyQuerySequences: texts,
  alwaysAllowedQueries: listOf(
    'queries',
    rule('a query without ?', (value) => typeof value === 'string' && !value.startsWith('?')),
  ),
  allowDoubleEscaping: trueOrFalse,
  allowPlus: trueOrFalse,
  allowHighBit: trueOrFalse,
  allowInvalidUtf8: trueOrFalse,
  encodedCharacters: record('allow or reject by escape', oneOf(...escapes), oneOf('allow', 'reject')),
  rules: listOf('rules', nested(filteringRule, ['name', 'deny'])),
  strict: nested(strictRules),
  status: orNull(wholeNumber(400, 599)),
  refuse: oneOf('answer', 'drop'),
  dryRun: trueOrFalse,
  when: anyFunction,
  observer: withFunctions(['refused']),
  log: withFunctions(['warn']),
};

/** Checks what an untyped program may pass. Throws `REQUEST_FILTER_OPTION_INVALID`. */
export function checkFilterOptions(options: RequestFilterOptions): void {
  checkOptions(options, optionRules, optionError);
  const isStrict = [options.preset].flat().includes('strict');
  if (options.strict !== undefined && !isStrict)
    throw optionError('strict: it changes the preset `strict`, which is not chosen');
  for (const each of options.rules ?? []) {
    if (
      each.scanUrl !== true &&
      each.scanQuery !== true &&
      each.scanAllRaw !== true &&
      (each.scanHeaders ?? []).length === 0
    )
      throw optionError(`rules: ${each.name} searches nothing: set scanUrl, scanQuery, scanHeaders or scanAllRaw`);
  }
}

function namesOf(name: Rule): Rules<NameRules> {
  const names = listOf('names', name);
  return { allow: names, deny: names, remove: names };
}

/** An object whose values follow rules of their own. */
function nested(rules: Readonly<Record<string, Rule>>, needed: readonly string[] = []): Rule {
  const expected = `an object with ${Object.keys(rules).join(', ')}`;
  const whole = rule(expected, isRecord);
  const fault = (value: unknown, path: string): string | null => {
    if (!isRecord(value)) return whole.fault(value, path);
    const unknown = unknownName(value, Object.keys(rules));
    if (unknown !== null) return `${path}: ${unknown}`;
    for (const name of needed)
      if (value[name] === undefined) return `${path}.${name}: expected ${rules[name]!.expected}, found nothing`;
    for (const [name, each] of Object.entries(rules)) {
      const wrong = value[name] === undefined ? null : each.fault(value[name], `${path}.${name}`);
      if (wrong !== null) return wrong;
    }
    return null;
  };
  return { expected, fault };
}

/** An object with names and values of one kind each. */
function record(expected: string, name: Rule, each: Rule): Rule {
  const whole = rule(`an object: ${expected}`, isRecord);
  const fault = (value: unknown, path: string): string | null => {
    if (!isRecord(value)) return whole.fault(value, path);
    for (const [key, entry] of Object.entries(value)) {
      const wrong = name.fault(key, path) ?? each.fault(entry, `${path}.${key}`);
      if (wrong !== null) return wrong;
    }
    return null;
  };
  return { expected, fault };
}
