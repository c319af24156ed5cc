import { duration, orAlone, rate } from '@windhover/config';
import type { ClientIdentity, HttpContext, HttpRequest } from '@windhover/core';
import type { Feature, ManagedThing, Reason, Services } from '@windhover/core/feature';
import { formatRate } from '@windhover/options';
import {
  createMemoryStore,
  RateLimiter,
  type RateLimitObserver,
  type RateLimitOptions,
  type RateLimitStore,
  ratePolicy,
  type SharedCounts,
  shareCounts,
} from '@windhover/rate-limit';
import { z } from 'zod';
import { limitBy } from './limit-by.ts';
import { placeName } from './place-name.ts';
import { storesKind } from './stores.ts';

const options = z.strictObject({
  rate: rate().exactOptional().describe('How many requests in which time, such as 100/m. Or write requests and per.'),
  requests: z.int().min(1).exactOptional().describe('How many requests in the time of per.'),
  per: duration(1).exactOptional().describe('The time in which so many requests may come. Default: 1m.'),
  burst: z
    .int()
    .min(1)
    .exactOptional()
    .describe(
      'How many requests may come at once; after them one comes free at a time. Default: all of them, so that a client which was quiet may use its whole limit.',
    ),
  delayAfter: z
    .int()
    .min(0)
    .exactOptional()
    .describe(
      'How many requests ahead of the even rate are let in at once; those after them wait for their time. Default: nobody waits.',
    ),
  by: limitBy.exactOptional(),
  algorithm: z
    .enum(['token-bucket', 'sliding-window', 'fixed-window'])
    .exactOptional()
    .describe(
      'How the rate is measured: evenly with bursts, over the last time, or from the first request on. Default: token-bucket.',
    ),
  countsRefused: z
    .boolean()
    .exactOptional()
    .describe(
      'Whether refused requests count too, so that a client must slow down before it is let in again; for windows. Default: false.',
    ),
  ipv6Prefix: z
    .int()
    .min(1)
    .max(128)
    .exactOptional()
    .describe('How many leading bits of an IPv6 address are one client. Default: 64, the least that a subscriber has.'),
  refuse: z
    .enum(['answer', 'drop', 'tarpit'])
    .exactOptional()
    .describe(
      'What refused requests get: an answer, a closed connection, or an answer after the time of tarpit. Default: answer.',
    ),
  tarpit: duration(1).exactOptional().describe('How long a tarpit keeps a client waiting. Default: 10s.'),
  status: z.int().min(400).max(599).exactOptional().describe('The status of a refusal. Default: 429.'),
  name: z
    .string()
    .regex(/^[\w .\-/:]{1,100}$/, { error: 'expected letters, digits, spaces and . _ - / :' })
    .exactOptional()
    .describe('Its name in the fields RateLimit and RateLimit-Policy, in log and metrics. Default: default.'),
  fields: z.boolean().exactOptional().describe('Whether answers tell in RateLimit fields what is left. Default: true.'),
  store: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'The name of a store that servers share, so that they count together, exactly. Default: each server counts for itself.',
    ),
  onStoreError: z
    .enum(['local', 'open', 'closed'])
    .exactOptional()
    .describe(
      'While the store cannot be reached: count here, let everything in, or refuse everything with 503. Default: local.',
    ),
  dryRun: z.boolean().exactOptional().describe('Only counts, and tells the log; nothing is refused. Default: false.'),
});

const schema = orAlone('rate', options)
  .refine((given) => (given.rate === undefined) !== (given.requests === undefined), {
    error: 'expected a rate such as `100/m`, or `requests` and `per`',
  })
  .refine((given) => given.rate === undefined || given.per === undefined, {
    error: 'expected either `rate` or `per`: a rate has its time in it',
    path: ['per'],
  })
  .describe(
    'Limits how many requests a client may make in a time; those above it get 429 with Retry-After. Several may be given as a list, and those of outer levels hold too. Workers tell each other what they let in, within 50 ms.',
  );

type Options = z.output<typeof schema>;

/** `rateLimit`: how many requests a client may make in a time. */
export const rateLimitFeature: Feature<Options> = {
  name: 'rateLimit',
  levels: ['top', 'site', 'route'],
  phases: ['shield', 'quota'],
  combine: 'add',
  schema,
  create(given, services) {
    const limits = toLimits(given);
    const { clock, log, stopping } = services;
    const store = given.store === undefined ? localStore(given, limits, services) : sharedStore(given.store, services);
    const counts: LimitCounts = { allowed: 0, delayed: 0, refused: 0, 'dry-run': 0, 'store-failed': 0 };
    const limiter = new RateLimiter({
      ...limits,
      store,
      observer: observerFor(limits.name!, services, counts),
      log,
      clock,
      stopping,
    });
    const phase = given.by === 'user' ? 'quota' : 'shield';
    services.manage(managedLimit(limits, services.location, counts));
    return {
      layers: [
        {
          phase,
          run: limiter.middleware,
          explain: (request, client) => [explainLimit(limiter, limits, request, client)],
        },
      ],
    };
  },
};

/** The counts of this server: its workers tell each other. A new configuration with the same limit goes on with them. */
function localStore(given: Options, limits: RateLimitOptions, services: Services): RateLimitStore {
  const { bus, clock, location } = services;
  const place = placeOf(location);
  const topic = `${place} ${limits.name}`;
  const open = (): SharedCounts => {
    const counts = {
      publish: (message: unknown) => bus.publish(topic, message),
      subscribe: (listener: (message: unknown) => void) => bus.subscribe(topic, listener),
    };
    return shareCounts(createMemoryStore({ clock }), ratePolicy(limits), counts, clock);
  };
  return services.lease(place, JSON.stringify(given), open, (counts) => counts.close());
}

/** The counts of all servers. Limits of two places may have the same name. */
function sharedStore(name: string, services: Services): RateLimitStore {
  const { rateLimits } = services.resource(storesKind, name, ['store']);
  const place = placeOf(services.location);
  return { consume: (key, policy, cost) => rateLimits.consume(`${place}:${key}`, policy, cost) };
}

function placeOf({ site, route }: Services['location']): string {
  return JSON.stringify([site, route]);
}

function toLimits(given: Options): RateLimitOptions {
  const { rate: written, requests, per = 60_000, ipv6Prefix, tarpit, store: _, ...same } = given;
  return {
    name: 'default',
    ...same,
    requests: written?.count ?? requests!,
    perMs: written?.perMs ?? per,
    ...(ipv6Prefix === undefined ? {} : { ipv6Bits: ipv6Prefix }),
    ...(tarpit === undefined ? {} : { tarpitMs: tarpit }),
  };
}

/** A limit is looked at, and nothing is counted. */
function explainLimit(
  limiter: RateLimiter,
  limits: RateLimitOptions,
  request: HttpRequest,
  client: ClientIdentity,
): Reason {
  const { requests, perMs, by = 'client', name } = limits;
  const facts = { request, client, site: '', route: '', get: () => undefined };
  const decision = limiter.look(facts as unknown as HttpContext);
  const limit = `${formatRate({ count: requests, perMs })} by ${typeof by === 'object' ? `the field ${by.header}` : by}`;
  if (decision === null || decision instanceof Promise) return { decision: 'counts the request', because: limit };
  const left = `${name}: ${limit}, ${decision.remaining} left`;
  if (decision.remaining > 0) return { decision: 'counts the request', because: left };
  if (limits.dryRun === true) return { decision: 'would refuse it', because: `${left}, but it only counts` };
  if (limits.refuse === 'drop') return { decision: 'closes the connection', because: left, answers: true };
  const status = limits.status ?? 429;
  return { decision: `answers ${status}`, because: left, answers: true, status };
}

/** What became of the requests that a limit looked at. */
type LimitCounts = Record<Parameters<NonNullable<RateLimitObserver['decided']>>[0], number>;

/** Lets administrators see what a limit does. */
function managedLimit(
  { requests, perMs, name, by = 'client', dryRun = false }: RateLimitOptions,
  location: Services['location'],
  counts: LimitCounts,
): ManagedThing {
  return {
    kind: 'limit',
    name: `${placeName(location)} ${name}`,
    read: () => ({
      limit: formatRate({ count: requests, perMs }),
      by: typeof by === 'object' ? `field ${by.header}` : by,
      dryRun,
      counts,
    }),
  };
}

function observerFor(
  name: string,
  { metrics, location }: Pick<Services, 'metrics' | 'location'>,
  counts: LimitCounts,
): RateLimitObserver {
  const requests = metrics.counter(
    'windhover_rate_limit_requests_total',
    'Requests that a rate limit looked at, by what became of them.',
    ['site', 'route', 'limit', 'result'],
  );
  const of = (how: string) => requests.of(location.site ?? '', location.route ?? '', name, how);
  const results = {
    allowed: of('allowed'),
    delayed: of('delayed'),
    refused: of('refused'),
    'dry-run': of('dry-run'),
    'store-failed': of('store-failed'),
  };
  return {
    decided(how) {
      counts[how] += 1;
      results[how].add();
    },
  };
}
