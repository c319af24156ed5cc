import { type CertificateErrorCode, certificateError } from '../errors.ts';
import type { FailureKind } from '../retry-time.ts';

/** What an authority answered, as far as it decides how to go on. */
export interface AcmeProblem {
  readonly status: number;
  /** The end of `urn:ietf:params:acme:error:…`, or an empty text. */
  readonly type: string;
  readonly detail: string;
  readonly retryAtMs: number | null;
}

const problemKey = Symbol.for('windhover.acme-problem');

/** An error of an order, with how to go on. */
export interface OrderError extends Error {
  readonly code: string;
  readonly [problemKey]?: AcmeProblem;
}

/** Makes the error for an answer of an authority that is none of success. */
export function problemError(problem: AcmeProblem, what: string): Error {
  const said = problem.detail === '' ? `status ${problem.status}` : problem.detail;
  const error = certificateError(codeOf(problem), `${what}: ${said}${problem.type === '' ? '' : ` (${problem.type})`}`);
  return Object.assign(error, { [problemKey]: problem });
}

/** Reads the problem document (RFC 8555 §6.7) of an answer. */
export function readProblem(status: number, body: unknown, retryAfter: string | undefined, now: number): AcmeProblem {
  const { type, detail, subproblems } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const more = Array.isArray(subproblems)
    ? subproblems.map((each) => String((each as { detail?: unknown })?.detail ?? ''))
    : [];
  const texts = [typeof detail === 'string' ? detail : '', ...more].filter((text) => text !== '');
  return {
    status,
    type: typeof type === 'string' ? type.replace(/^urn:ietf:params:acme:error:/, '') : '',
    detail: texts.join('; ').slice(0, 500),
    retryAtMs: retryTimeOf(retryAfter, now),
  };
}

/** The kind of a failure, and when the authority wants to be asked again. */
export function failureOf(error: unknown): { readonly kind: FailureKind; readonly retryAtMs: number | null } {
  const { code, [problemKey]: problem } = error as Partial<OrderError>;
  const retryAtMs = problem?.retryAtMs ?? null;
  if (code === 'CERTIFICATES_ACME_RATE_LIMITED') return { kind: 'rate-limited', retryAtMs };
  if (code === 'CERTIFICATES_ACME_CHALLENGE_FAILED' || code === 'CERTIFICATES_DNS_FAILED')
    return { kind: 'challenge', retryAtMs };
  if (
    code === 'CERTIFICATES_ACME_REFUSED' ||
    code === 'CERTIFICATES_NO_ISSUER' ||
    code === 'CERTIFICATES_NOT_PERMITTED'
  )
    return { kind: 'refused', retryAtMs };
  return { kind: 'unreachable', retryAtMs };
}

/** Whether the authority does not know the account any more, so that a new one is needed. */
export function isAccountGone(error: unknown): boolean {
  return (error as Partial<OrderError>)[problemKey]?.type === 'accountDoesNotExist';
}

/** Whether the authority was asked to revoke what it has revoked before (RFC 8555 §7.6). */
export function isRevokedAlready(error: unknown): boolean {
  return (error as Partial<OrderError>)[problemKey]?.type === 'alreadyRevoked';
}

function codeOf({ status, type }: AcmeProblem): CertificateErrorCode {
  if (type === 'rateLimited' || status === 429) return 'CERTIFICATES_ACME_RATE_LIMITED';
  if (status >= 500 || type === 'serverInternal') return 'CERTIFICATES_ACME_UNREACHABLE';
  return 'CERTIFICATES_ACME_REFUSED';
}

/** Reads `Retry-After`: seconds or a date (RFC 9110 §10.2.3); `null`: it says nothing. */
export function retryTimeOf(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  if (/^[0-9]{1,9}$/.test(text)) return now + Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : date;
}
