import type { Feature } from '@windhover/core/feature';
import { parseOrigin } from '@windhover/http-client';
import { reverseProxy } from '@windhover/proxy';
import { z } from 'zod';

const upstream = z.string().superRefine((text, context) => {
  const message = originProblem(text);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
const count = z.int().min(1);

const schema = z.strictObject({
  to: z.union([upstream, z.array(upstream).min(1)]),
  stripPrefix: z.boolean().default(false),
  host: z.enum(['client', 'upstream']).default('client'),
  forward: z.enum(['canonical', 'as-sent']).default('canonical'),
  keepBodyBytes: z.int().min(0).exactOptional(),
  connectTimeoutMs: count.exactOptional(),
  headTimeoutMs: count.nullable().exactOptional(),
  bodyTimeoutMs: count.nullable().exactOptional(),
  idleTimeoutMs: count.exactOptional(),
  tunnelIdleMs: count.nullable().exactOptional(),
  restMs: z.int().min(0).exactOptional(),
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

function originProblem(text: string): string | null {
  try {
    parseOrigin(text);
    return null;
  } catch {
    // CLIENT_ORIGIN_INVALID: the one thing it throws
    const isTls = /^https:/i.test(text);
    if (isTls) return 'upstreams over TLS (`https://`) are not supported yet, expected `http://` or `unix:`';
    return 'expected `http://host:port` or `unix:/path/to.socket`, without path and credentials';
  }
}
