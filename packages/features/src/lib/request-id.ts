import type { Feature } from '@windhover/core/feature';
import { requestId } from '@windhover/request-id';
import { z } from 'zod';

const schema = z
  .strictObject({
    header: z.string().min(1).exactOptional().describe('The field it is sent in. Default: X-Request-Id.'),
    trust: z
      .boolean()
      .exactOptional()
      .describe('Whether an id that the request brings is kept. Default: false, since every client could send one.'),
  })
  .describe('Gives each request an id, for the answer, logs, error pages and upstreams.');

/** `requestId`: gives each request an id, for logs, error pages and upstreams. */
export const requestIdFeature: Feature<z.output<typeof schema>> = {
  name: 'requestId',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create: (options) => ({ layers: [{ phase: 'edge', run: requestId(options) }] }),
};
