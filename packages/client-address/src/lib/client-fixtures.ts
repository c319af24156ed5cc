import { type HeaderInit, HttpHeaders } from '@windhover/core';
import type { ClientFacts } from './resolve-client.ts';

/** A request from 10.0.0.2, a proxy in the usual tests, for http://site.example/. */
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
