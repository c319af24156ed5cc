import type { AccessEntry, UpstreamFacts } from './access-entry.ts';
import { refusalOf, upstreamOf } from './access-entry.ts';

/** Why an exchange ended, and what each word means. The list is closed: no other word is ever written. */
export const endReasons = {
  complete: 'the whole answer was sent',
  upgraded: 'the connection became a tunnel, for instance a WebSocket, and the tunnel has ended',
  'client-closed-request': 'the client closed the connection while its request body was awaited',
  'client-closed-waiting': 'the client closed the connection before the answer began',
  'client-closed-response': 'the client closed the connection while the answer was sent',
  'client-slow-request': 'the client sent its request body too slowly',
  'client-slow-response': 'the client took the answer too slowly',
  'request-invalid': 'the request body broke the rules of HTTP',
  limit: 'a limit refused the request: the size of its body, a rate, a number of requests',
  dropped: 'the connection was closed without an answer, because a rule says so',
  'upstream-refused': 'no connection to the upstream could be made',
  'upstream-connect-timeout': 'the upstream did not accept the connection in time',
  'upstream-timeout': 'the upstream did not begin its answer in time',
  'upstream-closed': 'the upstream closed the connection before it answered',
  'upstream-invalid': 'the upstream sent something that is not a valid answer',
  'upstream-cut': 'the upstream closed the connection inside its answer',
  'upstream-silent': 'the upstream went silent inside its answer',
  deadline: 'the request took longer than it may',
  shutdown: 'the server stopped before the exchange was over',
  failed: 'the handler failed',
} as const;

/** A reason from the closed list. */
export type EndReason = keyof typeof endReasons;

/** Error codes that name the reason by themselves. Codes are stable, so the packages that own them need no import. */
const byCode: Readonly<Record<string, EndReason>> = {
  PROXY_CONNECT: 'upstream-refused',
  PROXY_CONNECT_TIMEOUT: 'upstream-connect-timeout',
  PROXY_TIMEOUT: 'upstream-timeout',
  PROXY_NO_RESPONSE: 'upstream-closed',
  PROXY_BAD_RESPONSE: 'upstream-invalid',
  PROXY_REQUEST: 'upstream-closed',
  CLIENT_BODY_TRUNCATED: 'upstream-cut',
  CLIENT_BODY_TIMEOUT: 'upstream-silent',
  CLIENT_BAD_RESPONSE: 'upstream-invalid',
  SERVER_BODY_TOO_SLOW: 'client-slow-request',
  SERVER_RESPONSE_TOO_SLOW: 'client-slow-response',
  SERVER_BODY_UNREAD: 'limit',
  SERVER_SHUTDOWN: 'shutdown',
  SERVER_DROPPED: 'dropped',
  CONNECT_DROPPED: 'dropped',
};

const byFailure: Readonly<Record<string, EndReason>> = {
  connect: 'upstream-refused',
  'connect-timeout': 'upstream-connect-timeout',
  'response-timeout': 'upstream-timeout',
  reset: 'upstream-closed',
  'bad-response': 'upstream-invalid',
};

/** RFC 9110 §15.5.14, RFC 6585 §4 and §5: the statuses of limits on size and rate. */
const limitStatuses = new Set([413, 414, 429, 431]);

/** Decides why an exchange ended. */
export function whyEnded(entry: AccessEntry): EndReason {
  const { end, error, status } = entry.outcome;
  if (end === 'complete' && error === undefined && refusalOf(entry)?.code === 'RATE_LIMIT_EXCEEDED') return 'limit';
  if (end === 'complete' && error === undefined && status < 500) return 'complete';
  if (end === 'upgraded' || end === 'shutdown') return end;
  if (end === 'client-closed') return whereClientClosed(entry);
  const code = codeOf(error);
  const known = code === null ? undefined : byCode[code];
  if (known !== undefined) return known;
  if (end === 'deadline') return 'deadline';
  if (end === 'handler-failed') return statusOf(error) === 504 ? 'deadline' : 'failed';
  if (code?.startsWith('HTTP1_') === true) return 'request-invalid';
  const failure = upstreamFailure(upstreamOf(entry), status);
  if (failure !== null) return failure;
  if (limitStatuses.has(statusOf(error))) return 'limit';
  return statusOf(error) === 504 ? 'deadline' : 'complete';
}

/** The `code` of an error, `null` if it has none: then it is a bug. */
export function codeOf(error: unknown): string | null {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : null;
}

function statusOf(error: unknown): number {
  const status = (error as { readonly status?: unknown } | undefined)?.status;
  return typeof status === 'number' ? status : 0;
}

function whereClientClosed({ context, outcome }: AccessEntry): EndReason {
  if (outcome.status !== 0) return 'client-closed-response';
  const { length, state } = context.request.body;
  const isAwaited = length !== 0 && (state === 'reading' || state === 'failed');
  return isAwaited ? 'client-closed-request' : 'client-closed-waiting';
}

/** A proxy that has logged an unreachable upstream already sets the status only, without an error. */
function upstreamFailure(upstream: UpstreamFacts | undefined, status: number): EndReason | null {
  if (upstream === undefined || upstream.failure === null || status < 500) return null;
  return byFailure[upstream.failure] ?? 'upstream-closed';
}
