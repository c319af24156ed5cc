import { byteRate, duration, orAlone } from '@windhover/config';
import type { Feature, Services } from '@windhover/core/feature';
import { formatByteRate } from '@windhover/options';
import { type ThrottleObserver, throttle } from '@windhover/rate-limit';
import { z } from 'zod';

const schema = orAlone(
  'rate',
  z.strictObject({
    rate: byteRate()
      .refine((bytes) => bytes >= 1024, { error: 'expected 1024 bytes per second or more' })
      .describe('How fast, such as 2MB/s.'),
    by: z
      .enum(['response', 'client', 'user', 'all'])
      .exactOptional()
      .describe(
        'Who shares it: each answer has it for itself, the answers to a client address or to a user share it, or all answers of this place. Default: response.',
      ),
    burst: duration()
      .exactOptional()
      .describe(
        'The time whose bytes may be sent at once after a quiet time, so that small answers are not held up. Default: 1s.',
      ),
  }),
).describe('Limits how fast answers are sent. Each worker counts for itself. A limit of an outer level holds too.');

type Options = z.output<typeof schema>;

/** `throttle`: how fast answers are sent. */
export const throttleFeature: Feature<Options> = {
  name: 'throttle',
  levels: ['top', 'site', 'route'],
  phases: ['quota'],
  combine: 'add',
  schema,
  create({ rate: bytesPerSecond, by = 'response', burst }, services) {
    const more = burst === undefined ? {} : { burstMs: burst };
    const layer = throttle({ bytesPerSecond, by, ...more, observer: observerFor(services), clock: services.clock });
    const whose = {
      response: 'for each answer',
      client: 'for each client',
      user: 'for each user',
      all: 'for all answers',
    };
    const reason = { decision: 'slows the answer down', because: `${formatByteRate(bytesPerSecond)} ${whose[by]}` };
    return { layers: [{ phase: 'quota', run: layer, explain: () => [reason] }] };
  },
};

function observerFor({ metrics, location }: Pick<Services, 'metrics' | 'location'>): ThrottleObserver {
  const waited = metrics
    .counter('windhover_throttle_wait_seconds_total', 'Time that answers have waited for their bandwidth.', [
      'site',
      'route',
    ])
    .of(location.site ?? '', location.route ?? '');
  return { waited: (ms) => waited.add(ms / 1000) };
}
