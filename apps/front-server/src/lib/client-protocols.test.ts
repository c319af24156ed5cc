import type { PlacedFeature } from '@windhover/config';
import { describe, expect, it } from 'vitest';
import { clientProtocols } from './client-protocols.ts';

const tls = { feature: { name: 'tls' }, instance: {} };
const http2 = (choice: string): object => ({ feature: { name: 'http2', combine: 'replace' }, instance: { choice } });

describe('clientProtocols()', () => {
  it.each([
    ['HTTP/1.1', []],
    ['HTTP/2 or HTTP/1.1, by ALPN', [tls]],
    ['HTTP/2 or HTTP/1.1, by ALPN', [tls, http2('alpn')]],
    ['HTTP/1.1', [tls, http2('never')]],
    ['HTTP/1.1', [http2('alpn')]],
    ['HTTP/1.1, or HTTP/2 by prior knowledge', [http2('prior-knowledge')]],
  ])('is %s for a listener with %j', (expected, features) => {
    expect(clientProtocols(features as unknown as PlacedFeature[])).toBe(expected);
  });

  it('follows the top where the listener says nothing', () => {
    const top = [http2('never')] as unknown as PlacedFeature[];
    const of = (...features: object[]): string => clientProtocols(features as unknown as PlacedFeature[], top);
    expect([of(tls), of(tls, http2('alpn'))]).toEqual(['HTTP/1.1', 'HTTP/2 or HTTP/1.1, by ALPN']);
  });
});
