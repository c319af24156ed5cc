import { resolve } from 'node:path';
import { duration, OptionsError, orAlone, size } from '@windhover/config';
import type { HttpRequest } from '@windhover/core';
import type { Feature, Reason, Services } from '@windhover/core/feature';
import { nearestName } from '@windhover/options';
import { isUpstreamHost, type ReverseProxyOptions, reverseProxy, upstreamTarget } from '@windhover/proxy';
import { z } from 'zod';
import { headerChanges } from './header-changes-schema.ts';
import { readSplash } from './read-splash.ts';
import { splashWhileWarming } from './splash-while-warming.ts';
import { isOrigin, nameOrOrigin } from './upstream-address.ts';
import type { WrittenUpstream } from './upstream-options.ts';
import { serverSchema, upstreamKeys } from './upstream-schema.ts';
import { openGroup, type UpstreamGroup, upstreamKind } from './upstreams.ts';

const timeout = duration(1);

const hosts = ['client', 'upstream'];
const hostExpected = '`client`, `upstream` or a host such as `shop.internal`';
const host = z
  .string()
  .superRefine((text, context) => {
    if (isUpstreamHost(text)) return;
    const params = { suggestion: nearestName(text, hosts) };
    context.addIssue({ code: 'custom', message: `expected ${hostExpected}`, params });
  })
  .meta({ title: hostExpected });

const schema = orAlone(
  'to',
  z.strictObject({
    to: z
      .union([nameOrOrigin, z.array(serverSchema).min(1)])
      .exactOptional()
      .describe(
        'The name of an upstream, its address, or several addresses. Beside addresses, the keys of an upstream may stand here. Needed unless `discover` finds them.',
      ),
    stripPrefix: z
      .boolean()
      .default(false)
      .describe("Whether the route's path is taken off before forwarding. Default: false."),
    host: host
      .exactOptional()
      .describe(
        'The Host that upstreams see: client, upstream (its own), or a host such as shop.internal. Default: client, so that links and cookies fit.',
      ),
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
        'How much of the body of a PUT or DELETE, over HTTP/2 of any request, is kept to be sent again. Default: 64KiB, enough for forms and JSON.',
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
    pingAfter: timeout
      .nullable()
      .exactOptional()
      .describe(
        'Over HTTP/2: how long a connection on which requests wait may be silent until it gets a PING; null sends none. Default: 30s.',
      ),
    pingTimeout: timeout
      .exactOptional()
      .describe(
        'How long the answer to a PING may take; then the connection ends, and its requests fail or are sent again. Default: 20s, as in gRPC and Kestrel.',
      ),
    maxIdle: z.int().min(0).exactOptional().describe('Unused connections kept to each upstream. Default: 256.'),
    splash: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'A page that GET and HEAD get at once, with 503 and Retry-After, while no server is available and one is being warmed up (`warmUp`). Default: they are passed on all the same.',
      ),
    ...upstreamKeys,
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
    const { to, stripPrefix } = options;
    const name = typeof to === 'string' && !isOrigin(to) ? to : null;
    const { upstreams, to: addresses, choice, details } = groupOf(options, name, services);
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
      const origin = name !== null ? `they are the addresses of the upstream \`${name}\`` : 'they stand in the route';
      const because = [origin, ...details].join('; ');
      const taken = places.length > 1 ? `, ${choice}` : '';
      return [
        {
          decision: `forwards ${target} to ${places.join(', ') || 'servers that are looked up'}${taken}`,
          because,
          answers: true,
        },
      ];
    };
    const prepare = (): Promise<void> => upstreams.start(); // of a named upstream, they have started already
    const { directory } = services.location;
    const run =
      options.splash === undefined
        ? proxy
        : splashWhileWarming(upstreams, readSplash(resolve(directory, options.splash), ['splash']), proxy);
    return { layers: [{ phase: 'origin', run, explain }], prepare };
  },
};

/** The servers that the route names, or that stand in it. */
function groupOf(options: Options, name: string | null, services: Services): UpstreamGroup {
  const { to, ...keys } = options;
  const own = Object.keys(upstreamKeys).filter((key) => keys[key as keyof typeof keys] !== undefined);
  if (name === null) {
    const written = Object.fromEntries(own.map((key) => [key, keys[key as keyof typeof keys]])) as WrittenUpstream;
    return openGroup(null, to === undefined ? written : { ...written, to }, services);
  }
  if (own.length === 0) return services.resource(upstreamKind, name, ['to']);
  const message = `expected it at the upstream \`${name}\`, found it at a route`;
  throw new OptionsError(own.map((key) => ({ path: [key], message })));
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
  pingAfter: 'pingAfterMs',
  pingTimeout: 'pingTimeoutMs',
  maxIdle: 'maxIdlePerOrigin',
} as const satisfies Partial<Record<keyof Options, keyof ReverseProxyOptions>>;

function toProxyOptions(options: Options): ReverseProxyOptions {
  const given = Object.entries(names).filter(([key]) => options[key as keyof Options] !== undefined);
  return Object.fromEntries(given.map(([key, name]) => [name, options[key as keyof Options]]));
}
