import { duration, orAlone } from '@windhover/config';
import type { Feature, Reason } from '@windhover/core/feature';
import { formatDuration } from '@windhover/options';
import { requestTimeout } from '@windhover/request-limits';
import { z } from 'zod';

const schema = orAlone(
  'start',
  z.strictObject({
    start: duration(1)
      .exactOptional()
      .describe('Until the answer begins; 504 beyond. A wait for a place of `concurrency` counts. Default: no limit.'),
    total: duration(1)
      .exactOptional()
      .describe(
        'Until the answer is complete; it is cut off beyond. Default: no limit, since a slow client may take long for a large file.',
      ),
  }),
).describe(
  'How long an answer may take. An upstream has limits of its own, whichever is shorter counts: `proxy.timeout` is 60s.',
);

/** `timeout`: how long an answer may take. */
export const timeoutFeature: Feature<z.output<typeof schema>> = {
  name: 'timeout',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'replace',
  schema,
  create: ({ start = null, total = null }, { clock }) => ({
    layers: [
      { phase: 'shield', run: requestTimeout(start, { totalMs: total, clock }), explain: () => reasons(start, total) },
    ],
  }),
};

function reasons(start: number | null, total: number | null): readonly Reason[] {
  const because = 'the configuration says so';
  return [
    ...(start === null
      ? []
      : [{ decision: `answers 504 unless the answer begins within ${formatDuration(start)}`, because }]),
    ...(total === null
      ? []
      : [{ decision: `cuts an answer off that takes longer than ${formatDuration(total)}`, because }]),
  ];
}
