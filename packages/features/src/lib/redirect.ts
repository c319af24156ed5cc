import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { type HttpsRedirectOptions, httpsLocation, redirectToHttps } from '@windhover/rewrite';
import { z } from 'zod';

const https = z.strictObject({
  port: z
    .int()
    .min(1)
    .max(65_535)
    .exactOptional()
    .describe('The port of the HTTPS listener, as clients reach it. Default: 443.'),
  status: z
    .literal([301, 302, 307, 308])
    .exactOptional()
    .describe('Default: 308, which keeps the method and is remembered by browsers. 307 is not remembered.'),
});

const schema = z
  .union([
    z.literal('https').describe('To the same address over HTTPS.'),
    z.strictObject({ https: https.describe('To the same address over HTTPS.') }),
  ])
  .describe(
    'Redirects requests that came over plain HTTP. If a trusted proxy says that the client used HTTPS, there is no redirect.',
  );

/** `redirect`: sends clients to another address. */
export const redirectFeature: Feature<z.output<typeof schema>> = {
  name: 'redirect',
  levels: ['top', 'site'],
  phases: ['rewrite'],
  combine: 'add',
  schema,
  create(options) {
    const how = options === 'https' ? {} : options.https;
    const run = redirectToHttps(how);
    return {
      layers: [{ phase: 'rewrite', run, explain: (request, client) => [explainRedirect(request, client, how)] }],
    };
  },
};

function explainRedirect(
  request: HttpRequest,
  { scheme, host }: ClientIdentity,
  { port = 443, status = 308 }: HttpsRedirectOptions,
): Reason {
  if (scheme === 'https') return { decision: 'passes the request on', because: 'the client uses HTTPS' };
  const because = 'the client uses plain HTTP';
  if (host === '') return { decision: 'answers 400', because: 'the request names no host', answers: true };
  return { decision: `answers ${status} to ${httpsLocation(host, port, request.url)}`, because, answers: true };
}
