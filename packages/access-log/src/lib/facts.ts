import { contextKey } from '@windhover/core';
import { type AccessEntry, grpcStatusOf, refusalOf, upstreamOf } from './access-entry.ts';
import { redactQuery, redactTarget, redactUrl } from './redact.ts';
import { isoTime } from './time-text.ts';
import { codeOf, whyEnded } from './why-ended.ts';

/** The value of a fact about an exchange; `null` or `''`: there is none. */
export type Fact = (entry: AccessEntry) => string | number | null;

const requestIdKey = contextKey<string>('request.id');
const userKey = contextKey<{ readonly name: string }>('auth.user');
const traceKey = contextKey<{ readonly traceId: string }>('tracing.context');

/** Every fact by its name, in the order of the format `json`. Names are API: programs read them. */
export const facts = {
  /** When the exchange ended. */
  time: ({ outcome }) => isoTime(outcome.endedAt),
  client: ({ context }) => context.client.address,
  method: ({ context }) => context.request.method,
  host: ({ context }) => context.request.host,
  path: ({ path }) => path,
  status: ({ outcome }) => outcome.status,
  bytes: ({ outcome }) => outcome.bytesSent,
  durationMs: ({ outcome }) => milliseconds(outcome.endedAt - outcome.startedAt),
  waitMs: (entry) => milliseconds(waitOf(entry)),
  upstreamConnectMs: (entry) => {
    const connect = connectOf(entry);
    return connect === null ? null : milliseconds(connect);
  },
  firstByteMs: (entry) => milliseconds(entry.outcome.headAt - handledAtOf(entry) - (connectOf(entry) ?? 0)),
  bodyMs: ({ outcome }) => milliseconds(outcome.endedAt - outcome.headAt),
  site: ({ context }) => context.site,
  route: ({ context }) => context.route,
  upstream: (entry) => upstreamOf(entry)?.name ?? null,
  user: ({ context }) => context.get(userKey)?.name ?? null,
  requestId: ({ context }) => context.get(requestIdKey) ?? null,
  traceId: ({ context }) => context.get(traceKey)?.traceId ?? null,
  end: whyEnded,
  code: (entry) => codeOf(entry.outcome.error) ?? refusalOf(entry)?.code ?? null,
  rule: (entry) => refusalOf(entry)?.rule ?? null,
  subStatus: (entry) => refusalOf(entry)?.subStatus ?? null,
  grpcStatus: grpcStatusOf,
  query: ({ query }) => (query === null ? null : redactQuery(query)),
  referer: ({ context }) => {
    const referer = context.request.headers.get('referer');
    return referer === undefined ? null : redactUrl(referer);
  },
  userAgent: ({ context }) => context.request.headers.get('user-agent') ?? null,
  protocol: ({ context }) => protocols[context.request.httpVersion],
  tls: ({ context }) => context.connection.tls?.protocol ?? null,
} satisfies Record<string, Fact>;

/** Facts that only formats of one's own use. */
export const moreFacts = {
  ...facts,
  /** The target as the client sent it, with the query. */
  target: ({ context }) => redactTarget(context.request.target),
  scheme: ({ context }) => context.client.scheme,
  port: ({ context }) => context.connection.localPort,
  clientPort: ({ context }) => context.client.port,
  serverAddress: ({ context }) => context.connection.localAddress,
  upstreamAddress: (entry) => upstreamOf(entry)?.address ?? null,
  upstreamProtocol: (entry) => {
    const version = upstreamOf(entry)?.httpVersion ?? null;
    return version === null ? null : protocols[version];
  },
  connection: ({ context }) => context.connection.id,
} satisfies Record<string, Fact>;

/** Facts that need the time at which the request came to the log. */
export const stageFacts: ReadonlySet<string> = new Set(['waitMs', 'upstreamConnectMs', 'firstByteMs', 'bodyMs']);

const protocols = { '1.0': 'HTTP/1.0', '1.1': 'HTTP/1.1', '2.0': 'HTTP/2.0' } as const;

/** From the first byte of the request until the log saw it. Clocks of two sources may disagree by a little. */
function waitOf({ handledAt, outcome }: AccessEntry): number {
  return Math.max(0, handledAt - outcome.startedAt);
}

function handledAtOf(entry: AccessEntry): number {
  return entry.outcome.startedAt + waitOf(entry);
}

function connectOf(entry: AccessEntry): number | null {
  const upstream = upstreamOf(entry);
  if (upstream === undefined || upstream.connectedAt === null) return null;
  return Math.max(0, upstream.connectedAt - upstream.startedAt);
}

/** Microseconds are enough. */
function milliseconds(value: number): number {
  return value > 0 ? Math.round(value * 1000) / 1000 : 0;
}
