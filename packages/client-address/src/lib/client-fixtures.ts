import { type HeaderInit, HttpHeaders } from '@windhover/core';
import type { ClientFacts } from './resolve-client.ts';

/** A request to http://site.example/ from 10.0.0.2, which is a proxy in most tests. */
export function factsWith(headers: HeaderInit = {}, facts: Partial<ClientFacts> = {}): ClientFacts {
  return {
    transport: 'tcp',
    remoteAddress: '10.0.0.2',
    remotePort: 50_000,
    scheme: 'http',
    host: 'site.example',
    port: null,
    headers: new HttpHeaders(headers),
    ...facts,
  };
}
