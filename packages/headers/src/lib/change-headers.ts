import { type HttpContext, HttpHeaders, type Middleware } from '@windhover/core';
import { anyObject, anyText, checkOptions, listOf, type Rules, rule, wholeNumber } from '@windhover/options';
import { sendable, type ValueText, valueText } from '@windhover/rewrite';
import { headersError } from './errors.ts';

type Fields = Readonly<Record<string, string>>;

/** Which headers a message gets and loses. Values may hold those of the request: `{client}`, `{header.accept}`. */
export interface HeaderChanges {
  /** In place of others of the same name. */
  readonly set?: Fields;
  /** Beside others of the same name. */
  readonly add?: Fields;
  /** Unless there is one of the name. */
  readonly default?: Fields;
  readonly remove?: readonly string[];
}

/** How `changeHeaders` changes requests and answers. */
export interface ChangeHeadersOptions extends HeaderChanges {
  /** Changes of the request, for what is further inside. Default: none. */
  readonly request?: HeaderChanges;
  /** Statuses of the answers that are changed. Default: all, errors too. */
  readonly statuses?: readonly number[];
  /** Media types of the answers that are changed; `text/*` is every text. Default: all. */
  readonly types?: readonly string[];
}

const field = rule('a map from names to texts', (value) => anyObject.fault(value, '') === null);
const changeRules: Rules<HeaderChanges> = {
  set: field,
  add: field,
  default: field,
  remove: listOf('names of headers', anyText),
};
const optionRules: Rules<ChangeHeadersOptions> = {
  ...changeRules,
  request: anyObject,
  statuses: listOf('statuses', wholeNumber(100, 599)),
  types: listOf('media types', anyText),
};

/**
 * Sets, adds and removes headers of requests and answers, of error answers too. Throws `HEADERS_OPTION_INVALID` and
 * `REWRITE_OPTION_INVALID` when it is created.
 */
export function changeHeaders(options: ChangeHeadersOptions): Middleware<HttpContext> {
  checkOptions(options, optionRules, (fault) => headersError('HEADERS_OPTION_INVALID', `changeHeaders(): ${fault}`));
  const { request = {}, statuses, types, ...answer } = options;
  checkOptions(request, changeRules, (fault) =>
    headersError('HEADERS_OPTION_INVALID', `changeHeaders(): request: ${fault}`),
  );
  const onRequest = changesOf(request, 'request.', true);
  const onAnswer = changesOf(answer, '', false);
  const isWanted = statuses === undefined ? null : new Set(statuses);
  return function changeHeaders(context, next) {
    if (onRequest !== null) onRequest(context.request.headers, context);
    if (onAnswer !== null)
      context.onHead((response) => {
        if (isWanted !== null && !isWanted.has(response.status)) return;
        if (types !== undefined && !isOfTypes(response.headers.get('content-type'), types)) return;
        onAnswer(response.headers, context);
      });
    return next(context);
  };
}

type Change = (headers: HttpHeaders, context: HttpContext) => void;

/** `null`: nothing changes. */
function changesOf(
  { set = {}, add = {}, default: defaults = {}, remove = [] }: HeaderChanges,
  label: string,
  isRequest: boolean,
): Change | null {
  const values = (fields: Fields, of: string): (readonly [string, ValueText])[] =>
    Object.entries(fields).map(([name, value]) => [
      checkName(name, value, `${label}${of}`, isRequest),
      valueText(value, `${label}${of}.${name}`),
    ]);
  const removed = remove.map((name) => checkName(name, '', `${label}remove`, isRequest));
  const toSet = values(set, 'set');
  const toAdd = values(add, 'add');
  const toDefault = values(defaults, 'default');
  if (removed.length + toSet.length + toAdd.length + toDefault.length === 0) return null;
  return (headers, context) => {
    for (const name of removed) headers.delete(name);
    for (const [name, value] of toSet) headers.set(name, textOf(value, context));
    for (const [name, value] of toAdd) headers.append(name, textOf(value, context));
    for (const [name, value] of toDefault) if (!headers.has(name)) headers.set(name, textOf(value, context));
  };
}

function textOf({ fixed, render }: ValueText, context: HttpContext): string {
  return fixed ?? sendable(render(context));
}

function checkName(name: string, value: string, where: string, isRequest: boolean): string {
  try {
    if (typeof value !== 'string') throw new TypeError('expected a text');
    new HttpHeaders(null, true).set(name, value.replace(/\{[^}]*\}/g, ''));
  } catch (error) {
    throw headersError(
      'HEADERS_OPTION_INVALID',
      `changeHeaders(): ${where}: ${JSON.stringify(name)}: ${(error as Error).message}`,
    );
  }
  if (!isRequest || !/^(?:host|upgrade)$/i.test(name)) return name;
  throw headersError(
    'HEADERS_OPTION_INVALID',
    `changeHeaders(): ${where}: ${name} is what was asked for and cannot be changed here`,
  );
}

function isOfTypes(field: string | undefined, types: readonly string[]): boolean {
  const essence = (field ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return types.some((type) => (type.endsWith('/*') ? essence.startsWith(type.slice(0, -1)) : essence === type));
}
