import { HttpHeaders } from '@windhover/core';
import { isToken } from '@windhover/http-semantics';
import { type Rule, rule } from '@windhover/options';

/** A name that a cookie may have. */
export const cookieName: Rule = rule('the name of a cookie', isName);

/** The name of a header that may be set. */
export const headerName: Rule = rule('the name of a header', (value) => isName(value) && maySet(value as string));

export const methodName: Rule = rule('a method', isName);

/** A path that can be asked for, with its query. */
export const requestPath: Rule = rule(
  'a path that begins with /, without spaces',
  (value) => typeof value === 'string' && /^\/[!-~]*$/.test(value),
);

function isName(value: unknown): boolean {
  return typeof value === 'string' && isToken(value);
}

/** Only the server sets the fields that frame messages. */
function maySet(name: string): boolean {
  try {
    new HttpHeaders(null, true).set(name, '');
    return true;
  } catch {
    return false; // CORE_HEADER_FRAMING
  }
}
