import { type ConcurrencyLimiter, createConcurrencyLimiter } from '@windhover/concurrency-limit';
import { duration } from '@windhover/config';
import type { Feature, Reason, Services } from '@windhover/core/feature';
import { formatDuration } from '@windhover/options';
import { keyFunction, rateLimit } from '@windhover/rate-limit';
import { z } from 'zod';

const answers = { unauthorized: 401, forbidden: 403, notFound: 404 } as const;

const schema = z
  .strictObject({
    maxConcurrent: z
      .int()
      .min(1)
      .nullable()
      .exactOptional()
      .describe('How many requests of one address may run at a time; null: no limit. Default: 5, as in IIS.'),
    maxRequests: z
      .int()
      .min(1)
      .nullable()
      .exactOptional()
      .describe(
        'How many requests may come from one address in the time of interval; null: no limit. Default: 20, as in IIS.',
      ),
    interval: duration(1)
      .exactOptional()
      .describe('The time in which so many requests may come. Default: 200ms, as in IIS.'),
    answer: z
      .enum(['unauthorized', 'forbidden', 'notFound', 'abort'])
      .exactOptional()
      .describe('What refused requests get: 401, 403, 404, or a closed connection. Default: forbidden.'),
    dryRun: z
      .boolean()
      .exactOptional()
      .describe('Only counts, and tells the log: the logging-only mode of IIS. Default: false.'),
  })
  .describe(
    'Dynamic IP restrictions as in IIS: refuses an address that has too many requests running, or sends too many in a short time, until it slows down. Behind a proxy the client counts that trustedProxies has found.',
  );

type Options = z.output<typeof schema>;

/** `dynamicIp`: IIS' dynamic IP restrictions. */
export const dynamicIpFeature: Feature<Options> = {
  name: 'dynamicIp',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'replace',
  schema,
  create({ maxConcurrent = 5, maxRequests = 20, interval = 200, answer = 'forbidden', dryRun = false }, services) {
    const how = { ...(answer === 'abort' ? { refuse: 'drop' as const } : { status: answers[answer] }), dryRun };
    const { clock, log } = services;
    const count = counters(services);
    const rate =
      maxRequests === null
        ? []
        : [
            rateLimit({
              ...{ requests: maxRequests, perMs: interval, algorithm: 'sliding-window', countsRefused: true },
              ...{ ...how, name: 'dynamicIp', fields: false, log, clock },
              observer: { decided: (what) => void ((what === 'refused' || what === 'dry-run') && count.rate.add()) },
            }),
          ];
    const concurrent = maxConcurrent === null ? [] : [limiterOf(maxConcurrent, how, count, services).middleware];
    const reasons = reasonsOf(maxConcurrent, maxRequests, interval);
    return {
      layers: [...concurrent, ...rate].map((run, index) => ({
        phase: 'shield' as const,
        run,
        explain: () => (index === 0 ? reasons : []),
      })),
    };
  },
};

function limiterOf(
  max: number,
  how: { readonly status?: number; readonly refuse?: 'drop'; readonly dryRun: boolean },
  count: ReturnType<typeof counters>,
  { clock }: Services,
): ConcurrencyLimiter {
  const observer = { waiting: () => undefined, refused: () => count.concurrent.add() };
  return createConcurrencyLimiter(max, { ...how, queue: 0, by: keyFunction('client', 64), observer, clock });
}

function reasonsOf(maxConcurrent: number | null, maxRequests: number | null, interval: number): readonly Reason[] {
  const limits = [
    ...(maxConcurrent === null ? [] : [`${maxConcurrent} requests at a time`]),
    ...(maxRequests === null ? [] : [`${maxRequests} requests in ${formatDuration(interval)}`]),
  ];
  return [{ decision: 'counts the address', because: limits.join(', ') || 'no limit is set' }];
}

function counters({ metrics, location }: Services) {
  const refused = metrics.counter('windhover_dynamic_ip_refused_total', 'Requests of addresses that sent too many.', [
    'site',
    'route',
    'reason',
  ]);
  const of = (reason: string) => refused.of(location.site ?? '', location.route ?? '', reason);
  return { concurrent: of('concurrent'), rate: of('rate') };
}
