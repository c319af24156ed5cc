import type { ResourceFeature, ResourceKind } from '@windhover/core/feature';
import { orAlone } from '@windhover/host';
import { parseOrigin } from '@windhover/http-client';
import { z } from 'zod';

/** A group of interchangeable servers. */
export interface UpstreamGroup {
  /** One or more addresses: `http://host:port` or `unix:/path`. */
  readonly to: readonly string[];
}

/** The kind of `upstreams`. */
export const upstreamKind: ResourceKind<UpstreamGroup> = { key: 'upstreams', noun: 'an upstream' };

/** The address of an upstream. */
export const originSchema = z.string().superRefine(checkOrigin).meta({ title: 'the address of an upstream' });

/** An address, or the name of an upstream that the top level defines. */
export const nameOrOrigin = z
  .string()
  .superRefine((text, context) => {
    if (isOrigin(text)) checkOrigin(text, context);
  })
  .meta({ title: 'the name or address of an upstream' });

const to = z
  .union([originSchema, z.array(originSchema).min(1)])
  .describe('Where it is: one address, or several that are taken in turn.');

/** `upstreams`: named servers that several routes pass requests to. */
export const upstreamsResource: ResourceFeature<{ readonly to: string | readonly string[] }, UpstreamGroup> = {
  kind: upstreamKind,
  maker: null,
  schema: orAlone('to', z.strictObject({ to })),
  create: (_name, options) => ({ value: { to: typeof options.to === 'string' ? [options.to] : options.to } }),
};

/** Whether a text is an address: names of upstreams contain neither `:` nor `/`. */
export function isOrigin(text: string): boolean {
  return /[:/]/.test(text);
}

function checkOrigin(text: string, context: z.RefinementCtx): void {
  const message = originProblem(text);
  const suggestion = originProblem(`http://${text}`) === null ? `http://${text}` : undefined; // for `localhost:3000`
  if (message !== null) context.addIssue({ code: 'custom', message, params: { suggestion } });
}

function originProblem(text: string): string | null {
  try {
    parseOrigin(text);
    return null;
  } catch {
    // CLIENT_ORIGIN_INVALID, the only error it throws
    const isTls = /^https:/i.test(text);
    if (isTls) return 'upstreams over TLS (`https://`) are not supported yet, expected `http://` or `unix:`';
    return 'expected `http://host:port` or `unix:/path/to.socket`, without path and credentials';
  }
}
