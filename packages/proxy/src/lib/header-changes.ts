import { HttpHeaders } from '@windhover/core';
import { isBarredFromRequest } from './barred-names.ts';
import { proxyError } from './proxy-error.ts';

/** Changes to the fields of a message. */
export interface HeaderChanges {
  /** Fields to set; others of the same name are left out. Default: none. */
  readonly set?: Readonly<Record<string, string>>;
  /** Names of fields to leave out. Default: none. */
  readonly remove?: readonly string[];
}

/** The changes, looked up by name. */
export interface ResolvedChanges {
  /** Lower-case names that are not passed on: those to remove, and those that are set. */
  readonly without: ReadonlySet<string>;
  /** Flat triples of the fields to set. */
  readonly fields: readonly string[];
  /** The same as text, each line with its CRLF. */
  readonly lines: string;
}

/** Fields that say what software an origin runs, or how it is reached. */
const telling = [
  ...['server', 'x-powered-by', 'via', 'x-aspnet-version', 'x-aspnetmvc-version', 'x-generator', 'x-runtime'],
  ...['x-served-by', 'x-backend', 'x-backend-server', 'x-upstream', 'x-varnish', 'x-drupal-cache', 'x-amz-request-id'],
  ...[
    'x-amz-id-2',
    'x-envoy-upstream-service-time',
    'x-envoy-decorator-operation',
    'x-sourcefiles',
    'x-turbo-charged-by',
  ],
];

/**
 * Checks changes and prepares them. `null` without any. Throws `PROXY_OPTION_INVALID` for a field that cannot be sent,
 * or that only the proxy itself may set.
 *
 * @param alsoHide whether to leave out the fields that tell what the origin is
 */
export function resolveChanges(changes: HeaderChanges | undefined, alsoHide = false): ResolvedChanges | null {
  if (changes === undefined && !alsoHide) return null;
  const { set = {}, remove = [] } = changes ?? {};
  const headers = new HttpHeaders(null, true);
  for (const [name, value] of Object.entries(set)) {
    if (isFraming(name)) throw proxyError('PROXY_OPTION_INVALID', `${name}: only the proxy itself sets this field`);
    try {
      headers.set(name, value);
    } catch (error) {
      throw proxyError('PROXY_OPTION_INVALID', (error as Error).message);
    }
  }
  const fields = [...headers.fields];
  const names = [...remove.map((name) => name.toLowerCase()), ...Object.keys(set).map((name) => name.toLowerCase())];
  return { without: new Set(alsoHide ? [...names, ...telling] : names), fields, lines: toLines(fields) };
}

/** Field lines from flat triples that are known to be valid. */
export function toLines(fields: readonly string[]): string {
  let text = '';
  for (let index = 0; index < fields.length; index += 3) text += `${fields[index + 2]}: ${fields[index + 1]}\r\n`;
  return text;
}

/** Fields that the proxy writes for each connection. Those about the client may be set: that replaces the proxy's own. */
function isFraming(name: string): boolean {
  const lower = name.toLowerCase();
  return isBarredFromRequest(lower) && !/^(?:x-|forwarded$|client-ip$|true-client-ip$|cf-|fastly-|fly-)/.test(lower);
}
