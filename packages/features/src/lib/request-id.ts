import type { HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { incomingId, requestId } from '@windhover/request-id';
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

type Options = z.output<typeof schema>;

/** `requestId`: gives each request an id, for logs, error pages and upstreams. */
export const requestIdFeature: Feature<Options> = {
  name: 'requestId',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create: (options) => ({
    layers: [{ phase: 'edge', run: requestId(options), explain: (request) => [explainId(request, options)] }],
  }),
};

function explainId({ headers }: HttpRequest, { header = 'X-Request-Id', trust = false }: Options): Reason {
  const written = headers.getAll(header);
  const kept = trust ? incomingId(written) : null;
  if (kept !== null) return { decision: `keeps the id ${kept} in ${header}`, because: 'it came with the request' };
  const why =
    written.length === 0
      ? 'none came with the request'
      : trust
        ? 'the one that came is not valid'
        : '`trust` is not set';
  return { decision: `makes an id, and sends it in ${header}`, because: why };
}
