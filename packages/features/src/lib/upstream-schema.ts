import { duration, orAlone } from '@windhover/config';
import { z } from 'zod';
import { originSchema } from './upstream-address.ts';

const text = z.string().min(1);
const share = z.number().min(0).max(1);
/** Names of headers, cookies and methods (RFC 9110 §5.6.2). */
const name = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'expected a name without spaces and separators' });

/** A list, or one entry that stands alone. */
function listOrOne<T extends z.ZodType>(entry: T): z.ZodType<z.output<T>[]> {
  return z.union([z.array(entry).min(1), entry.transform((alone) => [alone])]) as z.ZodType as z.ZodType<z.output<T>[]>;
}

/** One server of several. */
const server = z.strictObject({
  url: originSchema.describe('Its address.'),
  weight: z
    .number()
    .positive({ error: 'expected a number above 0' })
    .exactOptional()
    .describe('Its share of the requests, compared with the others. Default: 1.'),
  backup: z
    .boolean()
    .exactOptional()
    .describe('Whether it gets requests only while no other one is available. Default: false.'),
  drain: z
    .boolean()
    .exactOptional()
    .describe('Whether it gets only requests of clients that are bound to it by `sticky`. Default: false.'),
});

/** A server alone, or with its own settings. */
export const serverSchema = z.union([originSchema, server]);

const balance = z.union([
  z.enum(['round-robin', 'least-requests', 'p2c', 'peak-ewma', 'random', 'first']),
  z.strictObject({
    hash: z
      .union([
        z.enum(['client', 'uri', 'path']),
        z.strictObject({ header: name.describe('The name of the header.') }),
        z.strictObject({ cookie: name.describe('The name of the cookie.') }),
      ])
      .describe('What decides: equal values go to the same server.'),
    boundedLoad: z
      .number()
      .gt(1)
      .exactOptional()
      .describe(
        'How many times its fair share of the requests under way a server may have, before others get some of its keys. HAProxy advises 1.25. Default: no bound.',
      ),
  }),
]);

const sticky = orAlone(
  'cookie',
  z.strictObject({
    cookie: name.exactOptional().describe('The name of a cookie that the server sets.'),
    header: name
      .exactOptional()
      .describe('In place of a cookie: a header that answers get, and that clients send back.'),
    secret: text
      .exactOptional()
      .describe(
        'Signs the cookie, so that nobody can choose a server. The same on every machine. Default: none: whoever guesses the address of a server can choose it.',
      ),
    maxAge: duration(1).exactOptional().describe('How long the cookie lives. Default: until the browser is closed.'),
    sameSite: z.enum(['Strict', 'Lax', 'None']).exactOptional().describe('Default: Lax.'),
  }),
);

const connections = orAlone(
  'max',
  z.strictObject({
    max: z
      .int()
      .min(1)
      .describe('Requests at a time for each server, WebSockets included. Each worker counts for itself.'),
    queue: z.int().min(0).exactOptional().describe('How many more may wait; the next one gets 503. Default: 100.'),
    queueTimeout: duration(1).exactOptional().describe('How long one waits at most, then it gets 503. Default: 5s.'),
  }),
);

const statusExpected = 'a status from 100 to 599, or a class such as `2xx`';
const checkStatus = z.union([
  z.int().min(100).max(599).meta({ title: statusExpected }),
  z
    .string()
    .regex(/^[1-5](?:xx|\d\d)$/, { error: `expected ${statusExpected}` })
    .meta({ title: statusExpected }),
]);

const health = orAlone(
  'path',
  z.strictObject({
    path: z
      .string()
      .regex(/^\/[!-~]*$/, { error: 'expected a path that begins with `/`, without spaces' })
      .exactOptional()
      .describe('What is asked for. Default: /.'),
    method: name.exactOptional().describe('Default: GET.'),
    host: text.exactOptional().describe("The Host of the check. Default: the server's own."),
    every: duration(1).exactOptional().describe('The time between two checks. Default: 5s, as in NGINX Plus.'),
    timeout: duration(1).exactOptional().describe('How long an answer may take. Default: 1s.'),
    rise: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Checks in a row that succeed, until it gets requests again. Default: 2, as in HAProxy.'),
    fall: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Checks in a row that fail, until it gets no more requests. Default: 3, as in HAProxy.'),
    status: listOrOne(checkStatus)
      .exactOptional()
      .describe('The statuses of a success: numbers, or classes such as 2xx. Default: 2xx and 3xx.'),
    body: text.exactOptional().describe('A text that the answer must contain. Default: none.'),
  }),
);

const eject = z.union([
  z.literal(true),
  z.strictObject({
    failures: z
      .int()
      .min(1)
      .exactOptional()
      .describe('Failed requests in a row: a status from 500 on, or no answer. Default: 5, as in Envoy.'),
    for: duration(1)
      .exactOptional()
      .describe('How long the first ejection lasts; the second lasts twice as long. Default: 30s, as in Envoy.'),
    max: duration(1).exactOptional().describe('The longest ejection. Default: 5m, as in Envoy.'),
    share: share
      .exactOptional()
      .describe('At most this share of the servers is ejected at a time, but always one. Default: 0.1, as in Envoy.'),
  }),
]);

const breaker = z.union([
  z.literal(true),
  z.strictObject({
    errors: share
      .gt(0)
      .exactOptional()
      .describe('The share of failed requests at which no more are sent. Default: 0.5.'),
    requests: z.int().min(1).exactOptional().describe('Fewer requests decide nothing. Default: 20.'),
    window: duration(1).exactOptional().describe('The time over which requests are counted. Default: 10s.'),
    for: duration(1)
      .exactOptional()
      .describe('How long requests get 503; then one of them tries the server. Default: 10s, as in Traefik.'),
  }),
]);

const reasons = ['connect', 'reset', 'timeout', 'bad-response', '5xx'] as const;
const reasonExpected = `${reasons.join(', ')}, or a status from 100 to 599`;
const retryReason = z.union([
  z.enum(reasons).meta({ title: reasonExpected }),
  z.int().min(100).max(599).meta({ title: reasonExpected }),
  z
    .string()
    .regex(/^[1-5]\d\d$/, { error: `expected ${reasonExpected}` })
    .meta({ title: reasonExpected }),
]);

const retry = orAlone(
  'attempts',
  z.strictObject({
    attempts: z
      .int()
      .min(1)
      .exactOptional()
      .describe('How often a request is sent at most, the first time included. Default: 2.'),
    on: listOrOne(retryReason)
      .exactOptional()
      .describe(
        'What is tried again: connect, reset (closed without an answer), timeout, bad-response, 5xx, or a status. Default: connect, reset, timeout, 502, 503, 504.',
      ),
    budget: share
      .exactOptional()
      .describe(
        'Retries under way, as a share of the requests under way; three are always allowed. Default: 0.2, as in Envoy.',
      ),
    perTry: duration(1)
      .exactOptional()
      .describe(
        'How long each attempt but the last may take until its answer begins. Default: as long as the route says.',
      ),
    methods: listOrOne(name)
      .exactOptional()
      .describe('Methods that may be sent twice, beside GET, PUT and the other idempotent ones. Default: none.'),
  }),
);

const tls = z.strictObject({
  ca: text.exactOptional().describe('A PEM file with the authorities to trust. Default: those that come with Node.'),
  certificate: text.exactOptional().describe('A PEM file: the certificate to show to the servers. Default: none.'),
  key: text.exactOptional().describe('The PEM file of its key. Default: it stands in the file of `certificate`.'),
  serverName: text
    .exactOptional()
    .describe('The name that the certificates of the servers must be for. Default: the host of each address.'),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).exactOptional().describe('The lowest version. Default: TLSv1.2.'),
  verify: z
    .literal('insecure-no-verification', {
      error: ({ input }) => (input === false ? 'meant: insecure-no-verification' : undefined),
    })
    .exactOptional()
    .describe(
      'insecure-no-verification accepts any certificate: anybody on the way can read and change everything. Default: certificates are verified.',
    ),
});

const warmPath = z
  .string()
  .regex(/^\/\S*$/, { error: 'expected a path that begins with /' })
  .meta({ title: 'a path such as /healthz' });

const warmUp = orAlone(
  'paths',
  z.strictObject({
    paths: listOrOne(warmPath).describe('What is asked for, one after the other.'),
    host: text.exactOptional().describe("The Host of these requests. Default: the server's own."),
    within: duration(100)
      .exactOptional()
      .describe('How long it may take; then the server gets requests all the same. Default: 90s, as a start in IIS.'),
  }),
);

const discover = z.strictObject({
  dns: text
    .exactOptional()
    .describe('A name whose addresses (A and AAAA) are the servers, looked up again when their TTL has passed.'),
  port: z.int().min(1).max(65_535).exactOptional().describe('The port for `dns`. Default: 80; 443 for https.'),
  srv: text
    .exactOptional()
    .describe('A name whose SRV records are the servers, with weights, and backups by priority.'),
  file: text.exactOptional().describe('A file with one address a line, or a JSON list, read again each second.'),
  scheme: z.enum(['http', 'https']).exactOptional().describe('How servers from the DNS are spoken to. Default: http.'),
});

/** The keys of an upstream beside `to`. */
export const upstreamKeys = {
  discover: discover
    .exactOptional()
    .describe('Where more servers are looked up: `dns`, `srv` or `file`. Default: nowhere.'),
  balance: balance
    .exactOptional()
    .describe(
      'How one of several servers is chosen: round-robin, least-requests, p2c (the less busy of two), peak-ewma (the faster of two), random, first, or by a hash. Default: round-robin.',
    ),
  sticky: sticky.exactOptional().describe('Keeps the requests of a client at one server. Default: off.'),
  connections: connections
    .exactOptional()
    .describe('Bounds the requests that each server answers at a time. Default: none.'),
  health: health
    .exactOptional()
    .describe('Asks every server regularly whether it works. Each worker asks for itself. Default: off.'),
  eject: eject.exactOptional().describe('Takes a server out for a while that fails too often in a row. Default: off.'),
  breaker: breaker
    .exactOptional()
    .describe('Answers 503 at once while most requests to a server fail, in place of sending more. Default: off.'),
  retry: retry
    .exactOptional()
    .describe(
      'Sends a request that failed to another server. Default: only where it could not be connected, to each one.',
    ),
  slowStart: duration()
    .exactOptional()
    .describe('How long a server that is new or back takes to get its full share. Default: 0s.'),
  panic: share
    .exactOptional()
    .describe('When a smaller share of the servers is available, all get requests. Default: 0; 0.5 in Envoy.'),
  rest: duration()
    .exactOptional()
    .describe('How long a server that could not be reached is passed over, while there is another. Default: 10s.'),
  proxyProtocol: z
    .enum(['v1', 'v2'])
    .exactOptional()
    .describe(
      'Sends a PROXY header of this version first, so that the servers know the address of the client; v2 also tells of its TLS. Their connections are then only shared by requests of the same client connection. Default: none is sent.',
    ),
  warmUp: warmUp
    .exactOptional()
    .describe(
      'Requests that each server answers before it gets those of clients: when this server starts, when one is new, and when it was away. Each worker asks for itself. Default: none.',
    ),
  protocol: z
    .enum(['http1', 'http2', 'auto'])
    .exactOptional()
    .describe(
      'What the servers speak. `http2`: by ALPN with https://, by prior knowledge without; WebSocket needs servers with extended CONNECT (RFC 8441) there. `auto`: what a server with https:// chooses by ALPN, and HTTP/1.1 without TLS and for WebSocket. Default: http1.',
    ),
  tls: tls.exactOptional().describe('How servers with https:// are verified. Default: by the authorities of Node.'),
};
