import { type ClientIdentity, HttpRequest } from '@windhover/core';
import { optionError } from './errors.ts';
import type { Rule } from './rule.ts';
import type { RuleOutcome } from './rule-set.ts';

/** More redirects one after the other than any browser follows are a circle too: /a, /a/a, /a/a/a. */
const mostRedirects = 20;

const client: ClientIdentity = {
  address: '192.0.2.1',
  port: null,
  scheme: 'http',
  host: 'example.com',
  hostPort: null,
  source: 'connection',
};

/**
 * Follows the redirects from an example of every path that a rule names. Throws `REWRITE_OPTION_INVALID` for a circle.
 * Rules whose conditions do not hold for the example are not seen; a redirect to the same address is left out when it runs.
 */
export function refuseCircles(
  rules: readonly Rule[],
  run: (request: HttpRequest, client: ClientIdentity) => RuleOutcome | Promise<RuleOutcome>,
): void {
  for (const { from, status, not } of rules) {
    if (from === undefined || status === undefined || not === true) continue;
    const way = [from.replace(/:[A-Za-z_]\w*|\*/g, 'x')];
    for (let next = follow(way[0]!, run); next !== null; next = follow(next, run)) {
      const isCircle = way.includes(next) || way.length > mostRedirects;
      way.push(next);
      if (!isCircle) continue;
      const shown = way.length > 6 ? [...way.slice(0, 4), '…'] : way;
      throw optionError(`the redirects never end: ${shown.join(' → ')}`);
    }
  }
}

/** `null`: the request is not redirected to a path of this server. */
function follow(
  target: string,
  run: (request: HttpRequest, client: ClientIdentity) => RuleOutcome | Promise<RuleOutcome>,
): string | null {
  const facts = { method: 'GET', httpVersion: '1.1', scheme: 'http', body: null, upgrade: null } as const;
  const outcome = run(new HttpRequest({ ...facts, headers: [], target, host: client.host }), client);
  if (outcome instanceof Promise) {
    outcome.catch(() => undefined); // a rule looks at the disk, which is not there for an example
    return null;
  }
  if (outcome.kind !== 'redirect') return null;
  const path = outcome.location.replace(/^http:\/\/example\.com(?=\/)/, '').replace(/#.*$/s, '');
  return path.startsWith('/') ? path : null;
}
