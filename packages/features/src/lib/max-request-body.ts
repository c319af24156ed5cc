import { size } from '@windhover/config';
import type { Feature } from '@windhover/core/feature';
import { formatSize } from '@windhover/options';
import { maxRequestBody } from '@windhover/request-limits';
import { z } from 'zod';

/** `null` would take an outer limit for the defaults, so no limit has a word. */
const schema = z
  .union([size(), z.literal('unlimited')])
  .describe(
    'The largest body of a request; 413 beyond. It replaces `limits.requestBody` (30MB) here, so it may also be larger, or `unlimited`.',
  );

/** `maxRequestBody`: the largest body of a request. */
export const maxRequestBodyFeature: Feature<z.output<typeof schema>> = {
  name: 'maxRequestBody',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'replace',
  schema,
  create(limit) {
    const decision =
      limit === 'unlimited' ? 'takes a body of any size' : `answers 413 to a body above ${formatSize(limit)}`;
    const because = 'it stands in for `limits.requestBody`';
    const run = maxRequestBody(limit === 'unlimited' ? null : limit);
    return { layers: [{ phase: 'shield', run, explain: () => [{ decision, because }] }] };
  },
};
