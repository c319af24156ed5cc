import type { PlacedFeature } from '@windhover/config';
import type { Feature, FeatureInstance } from '@windhover/core/feature';
import { z } from 'zod';

const schema = z
  .enum(['alpn', 'prior-knowledge', 'never'])
  .describe(
    'How clients may ask for HTTP/2. alpn: in the TLS handshake, as browsers do. prior-knowledge: without TLS too, by beginning with it, as gRPC and other proxies do; HTTP/1.1 is served there as well. never: HTTP/1.1 only. Default: alpn.',
  );

/** How clients of a listener may ask for HTTP/2. */
export type Http2Choice = z.output<typeof schema>;

interface Http2Instance extends FeatureInstance {
  readonly choice: Http2Choice;
}

/** `http2`: how clients of a listener may ask for it. The server that opens the listeners reads it with `http2Of`. */
export const http2Feature: Feature<Http2Choice> = {
  name: 'http2',
  levels: ['listener', 'top'],
  phases: [],
  combine: 'replace',
  schema,
  create(choice): Http2Instance {
    return { layers: [], choice };
  },
};

/** The choice among the features of a listener. */
export function http2Of(features: readonly PlacedFeature[]): Http2Choice {
  const placed = features.find(({ feature }) => feature.name === http2Feature.name);
  return (placed?.instance as Http2Instance | undefined)?.choice ?? 'alpn';
}
