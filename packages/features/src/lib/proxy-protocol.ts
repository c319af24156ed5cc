import { parseTrust } from '@windhover/client-address';
import { duration, orAlone } from '@windhover/config';
import type { ConnectionInfo } from '@windhover/core';
import type { Feature, Services } from '@windhover/core/feature';
import { parseIpAddress } from '@windhover/ip';
import { proxyProtocol, type TransportError } from '@windhover/transport';
import { z } from 'zod';
import { network } from './network-schema.ts';

const schema = orAlone(
  'from',
  z.strictObject({
    from: z
      .union([network, z.array(network).min(1)])
      .describe(
        'The proxies in front: addresses, networks, and the presets loopback, private, linklocal and unix. Each of their connections must begin with a PROXY header; that of nobody else is read.',
      ),
    others: z
      .enum(['plain', 'refuse'])
      .exactOptional()
      .describe(
        'What happens to connections of others. plain: they are served as what they are. refuse: they are closed. Default: plain.',
      ),
    timeout: duration(1)
      .exactOptional()
      .describe('How long the header may take. Default: 5s, as in Caddy: it comes in the first packet.'),
  }),
).describe(
  'Takes the address of the client from the PROXY header, version 1 or 2, that HAProxy and the load balancers of clouds send before the first byte of TLS or HTTP.',
);

/** A log that everybody can fill would hide the rest. */
const quietMs = 60_000;

/** `proxyProtocol`: the address of the client from a PROXY header. */
export const proxyProtocolFeature: Feature<z.output<typeof schema>> = {
  name: 'proxyProtocol',
  levels: ['listener', 'top'],
  phases: ['connection'],
  combine: 'replace',
  schema,
  create({ from, others, timeout }, services) {
    const networks = parseTrust(typeof from === 'string' ? [from] : from);
    const run = proxyProtocol({
      from({ remoteAddress, transport }: ConnectionInfo) {
        if (transport !== 'tcp') return networks.unix;
        const address = parseIpAddress(remoteAddress);
        return address !== null && networks.has(address);
      },
      ...(others === undefined ? {} : { others }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      onRefused: refusalLog(services),
    });
    return { layers: [{ phase: 'connection', run }] };
  },
};

/** Tells the first refusal at once, and those that follow once a minute. */
function refusalLog({
  log,
  clock,
  metrics,
  location,
}: Services): (error: TransportError, info: ConnectionInfo) => void {
  const help =
    'Connections that were closed because of their PROXY header, or because only listed proxies may connect.';
  const refused = metrics
    .counter('windhover_proxy_protocol_refused_total', help, ['listener'])
    .of(location.listener ?? '');
  let quietUntil = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return (error, { remoteAddress }) => {
    refused.add();
    untold += 1;
    const now = clock.now();
    if (now < quietUntil) return;
    log.warn(error.message, { client: remoteAddress, ...(untold > 1 ? { connections: untold } : {}) });
    quietUntil = now + quietMs;
    untold = 0;
  };
}
