import type { Feature } from '@windhover/core/feature';
import { hsts } from '@windhover/headers';
import { duration, orAlone } from '@windhover/host';
import { z } from 'zod';

const schema = orAlone(
  'maxAge',
  z.strictObject({
    maxAge: duration().exactOptional().describe('How long a browser remembers it. Default: 365d. 0 makes it forget.'),
    includeSubDomains: z
      .boolean()
      .exactOptional()
      .describe('Whether it holds for every name below the host. Default: false: one may not have HTTPS yet.'),
    preload: z
      .boolean()
      .exactOptional()
      .describe('Whether browsers may build the host into their lists, which takes months to undo. Default: false.'),
  }),
).describe('Makes browsers that came over HTTPS once ask over HTTPS only (Strict-Transport-Security, RFC 6797).');

/** `hsts`: makes browsers ask over HTTPS only. */
export const hstsFeature: Feature<z.output<typeof schema>> = {
  name: 'hsts',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create: ({ maxAge, ...options }) => ({
    layers: [{ phase: 'edge', run: hsts(maxAge === undefined ? options : { ...options, maxAgeMs: maxAge }) }],
  }),
};
