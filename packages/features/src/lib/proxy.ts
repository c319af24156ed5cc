import { duration, OptionsError, orAlone, size } from '@windhover/config';
import type { HttpRequest } from '@windhover/core';
import type { Feature, Reason, Services } from '@windhover/core/feature';
import { type ReverseProxyOptions, reverseProxy, upstreamTarget } from '@windhover/proxy';
import { z } from 'zod';
import { headerChanges } from './header-changes-schema.ts';
import { isOrigin, nameOrOrigin } from './upstream-address.ts';
import { toServers } from './upstream-options.ts';
import { serverSchema } from './upstream-schema.ts';
import { leaseUpstreams, type UpstreamGroup, upstreamKind } from './upstreams.ts';

const timeout = duration(1);

const schema = orAlone(
  'to',
  z.strictObject({
    to: z
      .union([nameOrOrigin, z.array(serverSchema).min(1)])
      .describe('The name of an upstream, its address, or several addresses that are taken in turn.'),
    stripPrefix: z
      .boolean()
      .default(false)
      .describe("Whether the route's path is taken off before forwarding. Default: false."),
    host: z
      .enum(['client', 'upstream'])
      .exactOptional()
      .describe('The Host that upstreams see. Default: client, so that links and cookies fit.'),
    forward: z
      .enum(['canonical', 'as-sent'])
      .exactOptional()
      .describe('How the path is spelled to the upstream. Default: canonical, the path that rules have matched.'),
    forwarded: z
      .enum(['x-forwarded', 'forwarded', 'both', 'none'])
      .exactOptional()
      .describe(
        'Which headers tell the upstream about the client: X-Forwarded-For, -Proto and -Host, Forwarded (RFC 7239), both, or none. Default: x-forwarded.',
      ),
    via: z
      .string()
      .regex(/^[!-~]+$/, { error: 'expected a name without spaces' })
      .exactOptional()
      .describe(
        'The name of this server in Via, in requests and answers. Default: no Via, since nginx and IIS do not compress for requests that have one.',
      ),
    requestHeaders: headerChanges.exactOptional().describe('Changes to the headers of requests. Default: none.'),
    responseHeaders: headerChanges.exactOptional().describe('Changes to the headers of answers. Default: none.'),
    anonymous: z
      .boolean()
      .exactOptional()
      .describe('Whether headers are left out that tell what the upstream runs, such as Server. Default: false.'),
    rewriteLocation: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether redirects are corrected that name the upstream itself, or lack the prefix that was taken off. Default: true.',
      ),
    cookies: z
      .strictObject({
        domain: z
          .record(z.string(), z.string().nullable())
          .exactOptional()
          .describe('New domains by the old ones; `*` is any other, null leaves the domain out. Default: none.'),
        path: z
          .record(z.string(), z.string())
          .exactOptional()
          .describe('New paths by the old ones; `*` is any other. Default: none.'),
        secure: z.boolean().exactOptional().describe('Whether to add Secure. Default: false.'),
      })
      .exactOptional()
      .describe('Changes the attributes of cookies from the upstream. Default: none.'),
    bufferRequests: size()
      .exactOptional()
      .describe(
        'Bodies up to this size are read whole before an upstream gets them, so that slow clients do not hold it. Default: 0, they are streamed.',
      ),
    bufferResponses: size()
      .exactOptional()
      .describe('How much of an answer is read ahead of a slow client. Default: 0.'),
    keepBody: size()
      .exactOptional()
      .describe(
        'How much of the body of a PUT or DELETE is kept to be sent again. Default: 64KiB, enough for forms and JSON.',
      ),
    connectTimeout: timeout.exactOptional().describe('How long connecting may take. Default: 3s.'),
    timeout: timeout
      .nullable()
      .exactOptional()
      .describe('How long an upstream may take until its answer begins. Default: 60s.'),
    bodyTimeout: timeout
      .nullable()
      .exactOptional()
      .describe('How long an upstream may be silent within an answer. Default: 60s.'),
    idleTimeout: timeout
      .exactOptional()
      .describe(
        'How long an unused connection is kept. Default: 4s, shorter than the 5s after which a Node upstream closes its side.',
      ),
    tunnelIdle: timeout
      .nullable()
      .exactOptional()
      .describe('How long an upgraded connection may be silent both ways. Default: 1h.'),
    rest: duration()
      .exactOptional()
      .describe('How long an upstream that could not be reached is passed over, while there is another. Default: 10s.'),
    maxIdle: z.int().min(0).exactOptional().describe('Unused connections kept to each upstream. Default: 256.'),
  }),
).describe('Passes requests on to an upstream, and its answers back.');

type Options = z.output<typeof schema>;

/** `proxy`: passes requests on to an upstream and its answers back. */
export const proxyFeature: Feature<Options> = {
  name: 'proxy',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema,
  create(options, services) {
    const { to, stripPrefix, rest } = options;
    const name = typeof to === 'string' && !isOrigin(to) ? to : null;
    if (name !== null && rest !== undefined) throw refuseRest(name);
    const { upstreams, to: addresses, choice } = groupOf(options, name, services);
    const prefix: { stripPrefix?: string } = stripPrefix ? { stripPrefix: services.location.route ?? '/' } : {};
    const proxyOptions = { ...toProxyOptions(options), ...prefix };
    // A reload that changes nothing here keeps the connections.
    const proxy = services.lease(
      'proxy',
      JSON.stringify([upstreams.id, proxyOptions]),
      () => reverseProxy(upstreams, proxyOptions),
      (leased) => leased.close(),
    );
    const explain = (request: HttpRequest): readonly Reason[] => {
      const places = addresses();
      const target = upstreamTarget(request, prefix.stripPrefix ?? null, options.forward ?? 'canonical');
      const because = name !== null ? `they are the addresses of the upstream \`${name}\`` : 'they stand in the route';
      const taken = places.length > 1 ? `, ${choice}` : '';
      return [
        {
          decision: `forwards ${target} to ${places.join(', ') || 'servers that are looked up'}${taken}`,
          because,
          answers: true,
        },
      ];
    };
    return { layers: [{ phase: 'origin', run: proxy, explain }] };
  },
};

/** The servers that the route names, or that stand in it. */
function groupOf({ to, rest }: Options, name: string | null, services: Services): UpstreamGroup {
  if (name !== null) return services.resource(upstreamKind, name, ['to']);
  const upstreams = leaseUpstreams(toServers(to), rest === undefined ? {} : { restMs: rest }, null, services);
  return { upstreams, to: () => upstreams.addresses, choice: 'taken in turn' };
}

function refuseRest(name: string): OptionsError {
  return new OptionsError([
    { path: ['rest'], message: `expected it at the upstream \`${name}\`, found it at a route` },
  ]);
}

/** Maps keys of the configuration to the option names of `reverseProxy`. */
const names = {
  host: 'host',
  forward: 'forward',
  forwarded: 'forwarded',
  via: 'via',
  requestHeaders: 'requestHeaders',
  responseHeaders: 'responseHeaders',
  anonymous: 'anonymous',
  rewriteLocation: 'rewriteLocation',
  cookies: 'cookies',
  bufferRequests: 'bufferRequestBytes',
  bufferResponses: 'bufferResponseBytes',
  keepBody: 'keepBodyBytes',
  connectTimeout: 'connectTimeoutMs',
  timeout: 'headTimeoutMs',
  bodyTimeout: 'bodyTimeoutMs',
  idleTimeout: 'idleTimeoutMs',
  tunnelIdle: 'tunnelIdleMs',
  maxIdle: 'maxIdlePerOrigin',
} as const satisfies Partial<Record<keyof Options, keyof ReverseProxyOptions>>;

function toProxyOptions(options: Options): ReverseProxyOptions {
  const given = Object.entries(names).filter(([key]) => options[key as keyof Options] !== undefined);
  return Object.fromEntries(given.map(([key, name]) => [name, options[key as keyof Options]]));
}
