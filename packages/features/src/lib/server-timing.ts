import type { Feature } from '@windhover/core/feature';
import { serverTiming } from '@windhover/headers';
import { z } from 'zod';

const schema = z
  .preprocess(
    (given) => (given === true ? {} : given),
    z.strictObject({
      total: z
        .boolean()
        .exactOptional()
        .describe('Whether the time until the head of the answer is told. Default: true.'),
      upstream: z.boolean().exactOptional().describe('Whether the time of the upstream is told. Default: true.'),
    }),
  )
  .describe('Tells browsers how long an answer took (Server-Timing). It tells strangers too.');

/** `serverTiming`: how long an answer took. */
export const serverTimingFeature: Feature<z.output<typeof schema>> = {
  name: 'serverTiming',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create: (options, { clock }) => ({ layers: [{ phase: 'edge', run: serverTiming({ ...options, clock }) }] }),
};
