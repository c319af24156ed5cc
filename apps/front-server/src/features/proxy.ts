import type { Feature } from '@windhover/core/feature';
import { parseOrigin } from '@windhover/http-client';
import { reverseProxy } from '@windhover/proxy';
import { z } from 'zod';

const upstream = z
  .string()
  .refine(isOrigin, 'expected `http://host:port` or `unix:/path/to.socket`, without path and credentials');
const count = z.int().min(1);

const schema = z.strictObject({
  to: z.union([upstream, z.array(upstream).min(1)]),
  stripPrefix: z.boolean().default(false),
  host: z.enum(['client', 'upstream']).default('client'),
  connectTimeoutMs: count.exactOptional(),
  headTimeoutMs: count.nullable().exactOptional(),
  bodyTimeoutMs: count.nullable().exactOptional(),
  idleTimeoutMs: count.exactOptional(),
  tunnelIdleMs: count.nullable().exactOptional(),
  maxIdlePerOrigin: z.int().min(0).exactOptional(),
});

/** Forwards to one or several upstreams. */
export const proxyFeature: Feature<z.output<typeof schema>> = {
  name: 'proxy',
  place: 'handler',
  schema,
  create({ to, stripPrefix, ...options }, host) {
    const { route } = host.location;
    const { log } = host;
    const proxy = reverseProxy(to, { ...options, log, ...(stripPrefix ? { stripPrefix: route ?? '/' } : {}) });
    return { handler: proxy, dispose: () => proxy.close() };
  },
};

function isOrigin(text: string): boolean {
  try {
    parseOrigin(text);
    return true;
  } catch {
    return false; // CLIENT_ORIGIN_INVALID: the one thing it throws
  }
}
