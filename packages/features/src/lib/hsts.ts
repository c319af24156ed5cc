import { duration, orAlone } from '@windhover/config';
import type { Feature } from '@windhover/core/feature';
import { hsts } from '@windhover/headers';
import { z } from 'zod';

const schema = orAlone(
  'maxAge',
  z.strictObject({
    // The header counts in seconds, so whoever writes a number means seconds.
    maxAge: duration(0, Number.POSITIVE_INFINITY)
      .exactOptional()
      .describe('How long a browser remembers it. Default: 365d. 0 makes it forget.'),
    includeSubDomains: z
      .boolean()
      .exactOptional()
      .describe('Whether it applies to all subdomains too. Default: false, since one of them may not have HTTPS yet.'),
    preload: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether browsers may put the host on their preload lists, which takes months to undo. Default: false.',
      ),
  }),
).describe(
  'Tells browsers that have come over HTTPS to use only HTTPS from then on (Strict-Transport-Security, RFC 6797).',
);

/** `hsts`: makes browsers ask over HTTPS only. */
export const hstsFeature: Feature<z.output<typeof schema>> = {
  name: 'hsts',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create: ({ maxAge, ...options }) => ({
    layers: [
      {
        phase: 'edge',
        run: hsts(maxAge === undefined ? options : { ...options, maxAgeMs: maxAge }),
        explain: (_request, { scheme }) => [scheme === 'https' ? overHttps : overHttp],
      },
    ],
  }),
};

const overHttps = { decision: 'sends Strict-Transport-Security', because: 'the client uses HTTPS' };
const overHttp = { decision: 'does nothing', because: 'the client uses plain HTTP, where browsers ignore it' };
