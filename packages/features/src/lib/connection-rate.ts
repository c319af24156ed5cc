import { orAlone, rate } from '@windhover/config';
import type { Feature } from '@windhover/core/feature';
import { connectionRate } from '@windhover/rate-limit';
import { z } from 'zod';

const schema = orAlone(
  'rate',
  z.strictObject({
    rate: rate().describe('How many new connections in which time, such as 20/s.'),
    burst: z.int().min(1).exactOptional().describe('How many may come at once. Default: those of the rate.'),
    by: z
      .enum(['client', 'all'])
      .exactOptional()
      .describe(
        'What is counted together: the connections of one address (IPv6: of one /64), or all. Default: client.',
      ),
  }),
).describe(
  'Limits how many connections a client may open in a time; one above it is reset before a byte is read. Each worker counts for itself.',
);

type Options = z.output<typeof schema>;

/** `connectionRate`: how many connections a client may open in a time. */
export const connectionRateFeature: Feature<Options> = {
  name: 'connectionRate',
  levels: ['listener'],
  phases: ['connection'],
  combine: 'add',
  schema,
  create({ rate: { count, perMs }, ...same }, { clock, metrics, location }) {
    const refused = metrics
      .counter('windhover_connection_rate_refused_total', 'Connections that were refused because too many came.', [
        'listener',
      ])
      .of(location.listener ?? '');
    const run = connectionRate({ connections: count, perMs, ...same, onRefused: () => refused.add(), clock });
    return { layers: [{ phase: 'connection', run }] };
  },
};
