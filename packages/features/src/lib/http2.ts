import { effectiveFeatures, type PlacedFeature } from '@windhover/config';
import type { Feature, FeatureInstance } from '@windhover/core/feature';
import { z } from 'zod';

const schema = z
  .literal(['alpn', 'prior-knowledge', 'never', false], { error: meantAlpn })
  .describe(
    'How clients may ask for HTTP/2. alpn: in the TLS handshake, as browsers do. prior-knowledge: without TLS too, by beginning with it, as gRPC and other proxies do; HTTP/1.1 is served there as well. never or false: HTTP/1.1 only. Default: alpn.',
  );

/** `true`, which stands for a map without keys, and the names of HTTP/2 mean the usual way. */
function meantAlpn({ input }: { readonly input?: unknown }): string | undefined {
  const isMeant = typeof input === 'object' || ['h2', 'http2', 'on', 'yes'].includes(String(input));
  return isMeant ? 'meant: alpn' : undefined;
}

/** How clients of a listener may ask for HTTP/2. */
export type Http2Choice = Exclude<z.output<typeof schema>, false>;

interface Http2Instance extends FeatureInstance {
  readonly choice: Http2Choice;
}

/** `http2`: how clients of a listener may ask for it. The server that opens the listeners reads it with `http2Of`. */
export const http2Feature: Feature<z.output<typeof schema>> = {
  name: 'http2',
  levels: ['listener', 'top'],
  phases: [],
  combine: 'replace',
  takesFalse: true,
  schema,
  create(choice): Http2Instance {
    return { layers: [], choice: choice === false ? 'never' : choice };
  },
};

/** The choice for a listener. Of the levels, the top and the features of the listener, the last one that makes a choice counts. */
export function http2Of(...levels: readonly (readonly PlacedFeature[])[]): Http2Choice {
  const placed = effectiveFeatures(levels).find(({ feature }) => feature.name === http2Feature.name);
  return (placed?.instance as Http2Instance | undefined)?.choice ?? 'alpn';
}
