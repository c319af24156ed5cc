import { type ClientPolicy, clientAddress, clientPolicy, explainClient } from '@windhover/client-address';
import { orAlone } from '@windhover/config';
import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { z } from 'zod';
import { network } from './network-schema.ts';

const schema = orAlone(
  'from',
  z.strictObject({
    from: z
      .union([network, z.array(network)])
      .describe('The proxies in front: addresses, networks, and the presets loopback, private, linklocal and unix.'),
    headers: z
      .enum(['x-forwarded', 'forwarded'])
      .exactOptional()
      .describe(
        'The header fields that the proxies send: X-Forwarded-* (default) or Forwarded. The other kind is never read.',
      ),
    maxHops: z.int().min(1).exactOptional().describe('How many proxies in a row may be trusted. Default: 8.'),
  }),
).describe('The proxies that may say who the client is, and which scheme and host it used.');

/**
 * `trustedProxies`: the proxies whose statements about client, scheme and host are trusted. Everything that depends on the client comes
 * after it.
 */
export const trustedProxiesFeature: Feature<z.output<typeof schema>> = {
  name: 'trustedProxies',
  levels: ['top'],
  phases: ['identity'],
  combine: 'replace',
  schema,
  create: ({ from, ...others }) => {
    const options = { ...others, trust: typeof from === 'string' ? [from] : from };
    const policy = clientPolicy(options);
    const explain = (request: HttpRequest, client: ClientIdentity): readonly Reason[] =>
      reasons(request, client, policy);
    return { layers: [{ phase: 'identity', run: clientAddress(options), explain }] };
  },
};

function reasons(request: HttpRequest, { address }: ClientIdentity, policy: ClientPolicy): readonly Reason[] {
  const { scheme, host, port, headers } = request;
  const transport = address === '' ? 'unix' : 'tcp';
  const facts = { transport, remoteAddress: address, remotePort: 0, scheme, host, port, headers } as const;
  const { client, steps } = explainClient(facts, policy);
  const told = steps.map(
    ({ element, decision, because }): Reason => ({ decision: `${element}: ${decision}`, because }),
  );
  if (client === null)
    return [
      ...told,
      {
        decision: 'refuses with 400',
        because: 'a trusted proxy wrote what cannot be read',
        answers: true,
        status: 400,
      },
    ];
  return [...told, { decision: `the client is ${client.address}`, because: `as told by ${client.source}`, client }];
}
