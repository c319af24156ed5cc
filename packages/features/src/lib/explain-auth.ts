import type { HttpRequest } from '@windhover/core';
import type { Reason } from '@windhover/core/feature';
import type { MadeScheme } from './auth-scheme-maker.ts';
import { tellLogin } from './explained-login.ts';

/** Which schemes `auth` asks, and how. */
export interface ExplainedAuth {
  readonly made: readonly MadeScheme[];
  readonly combination: 'any' | 'all';
  readonly optional: boolean;
}

/** Says what becomes of a request. Credentials are not checked, because that takes time and counts as a guess. */
export function explainAuth({ made, combination, optional }: ExplainedAuth, request: HttpRequest): Reason {
  const names = made.map(({ scheme }) => scheme.name).join(combination === 'any' ? ' or ' : ' and ');
  const isMissing = ({ hasCredentials }: MadeScheme): boolean => hasCredentials?.(request) === false;
  const needsEvery = combination === 'all' && made.length > 1;
  const isThere = ({ hasCredentials }: MadeScheme): boolean => hasCredentials?.(request) === true;
  // Without any credentials, `optional` lets a request pass; with some of them, the others are missing.
  const isRefused = needsEvery && made.some(isMissing) && (!optional || made.some(isThere));
  if (!isRefused && !made.every(isMissing)) {
    tellLogin(request, 'unknown');
    const because = 'only the running server checks them';
    return { decision: `depends on the credentials: ${names}`, because, unless: 'refuses them' };
  }
  tellLogin(request, 'none');
  const because = `the request has no credentials for ${names}`;
  if (optional && !isRefused)
    return { decision: 'lets it pass without a user', because: `${because}; they are optional` };
  const status = made.every(isMissing) ? { status: 401 } : {}; // one that has credentials may answer otherwise
  return { decision: 'answers 401', because, answers: true, ...status };
}
