import { type ConcurrencyLimiter, createConcurrencyLimiter } from '@windhover/concurrency-limit';
import { duration, orAlone } from '@windhover/config';
import type { Feature, Reason, Services } from '@windhover/core/feature';
import { keyFunction } from '@windhover/rate-limit';
import { z } from 'zod';
import { limitBy } from './limit-by.ts';
import { SharedPlaces } from './shared-places.ts';

const schema = orAlone(
  'max',
  z.strictObject({
    max: z.int().min(1).describe('How many requests run at a time, each until its response was sent.'),
    queue: z
      .int()
      .min(0)
      .exactOptional()
      .describe(
        'How many more may wait. Default: as many as may run, so that a wait lasts about as long as one request.',
      ),
    queueTimeout: duration(1)
      .nullable()
      .exactOptional()
      .describe('How long a request may wait. Default: 5s, about as long as a person waits before trying again.'),
    by: limitBy.exactOptional(),
    order: z
      .enum(['oldest-first', 'newest-first'])
      .exactOptional()
      .describe(
        'Who gets the next place. newest-first: the one who came last, and a full queue refuses the oldest, so that under overload those are answered who still wait. Default: oldest-first.',
      ),
    status: z
      .int()
      .min(400)
      .max(599)
      .exactOptional()
      .describe('The status of a refusal. Default: 503, or 429 with by.'),
    refuse: z
      .enum(['answer', 'drop'])
      .exactOptional()
      .describe('What refused requests get: an answer, or a closed connection. Default: answer.'),
    dryRun: z.boolean().exactOptional().describe('Only counts; nothing waits or is refused. Default: false.'),
    retryAfter: duration().exactOptional().describe('When a refused client may try again. Default: 1s.'),
  }),
).describe(
  'Limits how many requests run at a time. The next ones wait, in the order of arrival; the rest get 503 with Retry-After. A listener, a site or a route has its own inside of that of the top; the one of a listener counts what arrives there. Each worker process counts for itself.',
);

type Options = z.output<typeof schema>;

/** `concurrency`: limits how many requests run at a time. */
export const concurrencyFeature: Feature<Options> = {
  name: 'concurrency',
  levels: ['listener', 'top', 'site', 'route'],
  phases: ['shield'],
  combine: 'add',
  schema,
  create(options, services) {
    const { listener, site, route } = services.location;
    const places = services.lease('places', '', () => new SharedPlaces<ConcurrencyLimiter>());
    const { max, ...limits } = toLimits(options);
    const { value, settle, release } = places.take(JSON.stringify([listener, site, route, options.by ?? null]), () => {
      const by = options.by === undefined ? {} : { by: keyFunction(options.by, 64) };
      return createConcurrencyLimiter(max, {
        ...limits,
        ...by,
        observer: observerFor(services),
        clock: services.clock,
      });
    });
    const commit = (): void => {
      settle();
      value.configure(max, limits);
    };
    const most = max === 1 ? 'one request runs' : `${max} requests run`;
    const where = listener === undefined ? placeName(site, route) : `on ${listener}`;
    const reason: Reason = { decision: 'takes a place, or waits for one', because: `${most} at a time ${where}` };
    return {
      layers: [{ phase: 'shield', run: value.middleware, explain: () => [reason] }],
      commit,
      dispose: release,
    };
  },
};

function placeName(site: string | null, route: string | null): string {
  if (site === null) return 'in each worker';
  return route === null ? `in the site ${site}` : `in the route ${route}`;
}

function toLimits({ max, queue, queueTimeout, retryAfter, by, ...same }: Options) {
  return {
    max,
    ...(by === undefined ? {} : { status: 429 }),
    ...same,
    ...(queue === undefined ? {} : { queue }),
    ...(queueTimeout === undefined ? {} : { queueTimeoutMs: queueTimeout }),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
  };
}

function observerFor({ metrics, location }: Pick<Services, 'metrics' | 'location'>) {
  const place = [location.site ?? '', location.route ?? '', location.listener ?? ''];
  const names = ['site', 'route', 'listener'];
  const waiting = metrics.gauge('windhover_concurrency_waiting', 'Requests that wait for a place.', names).of(...place);
  const refused = metrics.counter(
    'windhover_concurrency_refused_total',
    'Requests that were refused because the queue was full, or because they waited too long.',
    [...names, 'reason'],
  );
  const reasons = { full: refused.of(...place, 'full'), timeout: refused.of(...place, 'timeout') };
  let count = 0;
  return {
    // Several limits of one place share the series.
    waiting(now: number) {
      waiting.add(now - count);
      count = now;
    },
    refused: (why: 'full' | 'timeout') => reasons[why].add(),
  };
}
