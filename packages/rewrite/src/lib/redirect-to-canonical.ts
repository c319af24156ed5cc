import type { HttpContext, Middleware } from '@windhover/core';
import { checkOptions, oneOf, type Rules, rule, trueOrFalse } from '@windhover/options';
import { type CanonicalForm, canonicalLocation } from './canonical-location.ts';
import { optionError } from './errors.ts';
import type { RedirectStatus } from './rule.ts';

/** What makes an address canonical. Without any of it, nothing is redirected. */
export interface CanonicalOptions {
  /** Whether everything goes to HTTPS; a number is the port of its listener. Default: false. */
  readonly https?: boolean | number;
  /** One host for all: `shop.example`. Or `www` and `no-www`, which add `www.` to names or take it away. Default: any host. */
  readonly host?: string;
  /** Whether the last slash of a path is added or removed. Names of files, which have a dot, get none. Default: as it is. */
  readonly trailingSlash?: 'add' | 'remove';
  /** Whether paths are written in lower case. Default: false. */
  readonly lowerCase?: boolean;
  /** Default: 308, which keeps the method and is remembered by browsers. */
  readonly status?: RedirectStatus;
}

const optionRules: Rules<CanonicalOptions> = {
  https: rule('true, false or a port', (value) => typeof value === 'boolean' || isPort(value)),
  host: rule(
    'a host name in lower case, www or no-www',
    (value) => typeof value === 'string' && /^[a-z0-9.-]+$/.test(value),
  ),
  trailingSlash: oneOf('add', 'remove'),
  lowerCase: trueOrFalse,
  status: rule('301, 302, 303, 307 or 308', (value) => [301, 302, 303, 307, 308].includes(value as number)),
};

/**
 * Sends clients to the one spelling of an address, with one redirect for all that differs. Throws
 * `REWRITE_OPTION_INVALID` when it is created.
 */
export function redirectToCanonical(options: CanonicalOptions): Middleware<HttpContext> {
  const form = canonicalForm(options);
  const { status = 308 } = options;
  return function redirectToCanonical(context, next) {
    const location = canonicalLocation(context.request, context.client, form);
    if (location === null) return next(context);
    context.response.status = status;
    context.response.headers.set('Location', location);
  };
}

/** The form that options describe. Throws `REWRITE_OPTION_INVALID`. */
export function canonicalForm(options: CanonicalOptions): CanonicalForm {
  checkOptions(options, optionRules, (fault) => optionError(`redirectToCanonical(): ${fault}`));
  const { https = false, host, trailingSlash = null, lowerCase = false } = options;
  return {
    httpsPort: https === false ? null : https === true ? 443 : https,
    host: host === undefined ? null : host === 'www' || host === 'no-www' ? host : { name: host },
    trailingSlash,
    lowerCase,
  };
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
