import type { PlacedFeature } from '@windhover/config';
import { http2Of, tlsOf } from '@windhover/features';

/** Which versions of HTTP clients of a listener may speak, and how they ask for HTTP/2. `top`: the features that stand above all listeners. */
export function clientProtocols(features: readonly PlacedFeature[], top: readonly PlacedFeature[] = []): string {
  const choice = http2Of(top, features);
  if (choice === 'prior-knowledge') return 'HTTP/1.1, or HTTP/2 by prior knowledge';
  return choice === 'never' || tlsOf(features) === null ? 'HTTP/1.1' : 'HTTP/2 or HTTP/1.1, by ALPN';
}
