import type { HttpRequest } from '@windhover/core';
import type { Feature, Reason, Services } from '@windhover/core/feature';
import { duration, orAlone, size } from '@windhover/host';
import { type ReverseProxy, type ReverseProxyOptions, reverseProxy, upstreamTarget } from '@windhover/proxy';
import { z } from 'zod';
import { isOrigin, nameOrOrigin, originSchema, upstreamKind } from './upstreams.ts';

const timeout = duration(1);

const schema = orAlone(
  'to',
  z.strictObject({
    to: z
      .union([nameOrOrigin, z.array(originSchema).min(1)])
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
    const { log, location } = services;
    const { to, stripPrefix } = options;
    const isName = typeof to === 'string' && !isOrigin(to);
    const addresses = isName ? services.resource(upstreamKind, to, ['to']).to : to;
    const prefix: { stripPrefix?: string } = stripPrefix ? { stripPrefix: location.route ?? '/' } : {};
    const proxyOptions = { ...toProxyOptions(options), ...(isName ? { name: to } : {}), ...prefix };
    // A reload that changes nothing here keeps the connections, and knows which upstreams cannot be reached.
    const proxy = services.lease(
      'proxy',
      JSON.stringify([addresses, proxyOptions]),
      () => openProxy(addresses, { ...proxyOptions, log }, services.metrics),
      (leased) => leased.close(),
    );
    const explain = (request: HttpRequest): readonly Reason[] => {
      const target = upstreamTarget(request, prefix.stripPrefix ?? null, options.forward ?? 'canonical');
      const places = typeof addresses === 'string' ? [addresses] : addresses;
      const because = isName ? `they are the addresses of the upstream \`${to}\`` : 'they stand in the route';
      const taken = places.length > 1 ? ', taken in turn' : '';
      return [{ decision: `forwards ${target} to ${places.join(', ')}${taken}`, because, answers: true }];
    };
    return { layers: [{ phase: 'origin', run: proxy, explain }] };
  },
};

/** Creates a proxy whose upstreams tell `/health/upstreams` whether they can be reached. */
function openProxy(
  addresses: string | readonly string[],
  options: ReverseProxyOptions,
  metrics: Services['metrics'],
): ReverseProxy {
  const up = metrics.gauge('windhover_upstream_up', 'Whether an upstream was reached the last time: 1 or 0.', [
    'upstream',
    'address',
  ]);
  const tell = (address: string, isUp: boolean): void => up.of(options.name ?? address, address).set(isUp ? 1 : 0);
  const proxy = reverseProxy(addresses, { ...options, onUpstream: tell });
  for (const address of proxy.upstreams) tell(address, true);
  return proxy;
}

/** Maps keys of the configuration to the option names of `reverseProxy`. */
const names = {
  host: 'host',
  forward: 'forward',
  keepBody: 'keepBodyBytes',
  connectTimeout: 'connectTimeoutMs',
  timeout: 'headTimeoutMs',
  bodyTimeout: 'bodyTimeoutMs',
  idleTimeout: 'idleTimeoutMs',
  tunnelIdle: 'tunnelIdleMs',
  rest: 'restMs',
  maxIdle: 'maxIdlePerOrigin',
} as const satisfies Partial<Record<keyof Options, keyof ReverseProxyOptions>>;

function toProxyOptions(options: Options): ReverseProxyOptions {
  const given = Object.entries(names).filter(([key]) => options[key as keyof Options] !== undefined);
  return Object.fromEntries(given.map(([key, name]) => [name, options[key as keyof Options]]));
}
