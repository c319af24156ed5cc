import { timingSafeEqual } from 'node:crypto';
import { type Cache, type PurgeSelector, purgeRequests } from '@windhover/cache';
import { parseTrust } from '@windhover/client-address';
import type { HttpContext, HttpRequest } from '@windhover/core';
import type { Layer, Reason } from '@windhover/core/feature';
import { parseIpAddress } from '@windhover/ip';
import { z } from 'zod';
import { network } from './network-schema.ts';

const long = z.strictObject({
  from: z
    .union([network, z.array(network)])
    .exactOptional()
    .describe(
      'Who may purge: addresses, networks, and the presets loopback, private, linklocal and unix. Default: loopback, or with a token everybody who has it.',
    ),
  token: z
    .string()
    .min(16)
    .exactOptional()
    .describe('Must come as `Authorization: Bearer …`. Default: none, the address is enough.'),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'expected a method in capitals, such as PURGE')
    .exactOptional()
    .describe('The method of such requests. Default: PURGE, as for Varnish and nginx.'),
});

/** The schema of `purge`. */
export const purgeSchema = z
  .union([z.literal(true), long])
  .describe(
    'Lets PURGE requests remove what is stored: of their URL, of all URLs that start so if the path ends in *, or with the tags in Surrogate-Key. `Soft-Purge: 1` only makes it stale. True: for clients on this machine. Default: nobody can.',
  );

/** Returns the layer that answers these requests, and explains them. */
export function purgeLayer(
  cache: Cache,
  options: z.output<typeof purgeSchema>,
  onPurge: (selector: PurgeSelector, soft: boolean) => void,
): Layer {
  const { from, token, method = 'PURGE' } = options === true ? ({} as z.output<typeof long>) : options;
  const fromHere = from !== undefined || token === undefined ? addressCheck(from ?? 'loopback') : () => true;
  const hasToken = token === undefined ? () => true : tokenCheck(token);
  const isAllowed = ({ request, client }: Asked): boolean => fromHere(client.address) && hasToken(request);
  return {
    phase: 'cache',
    run: purgeRequests(cache, { isAllowed, onPurge, method }),
    explain(request, client) {
      if (request.method !== method) return [];
      if (!isAllowed({ request, client })) return [refusal];
      return [
        {
          decision: 'answers 200, and purges what is stored',
          because: `the method is ${method}`,
          answers: true,
          status: 200,
        },
      ];
    },
  };
}

type Asked = Pick<HttpContext, 'request' | 'client'>;

const refusal: Reason = { decision: 'answers 403', because: 'the client may not purge', answers: true, status: 403 };

/** The peer of a Unix socket has no address. */
function addressCheck(from: string | readonly string[]): (address: string) => boolean {
  const networks = parseTrust(typeof from === 'string' ? [from] : from);
  return (address) => {
    if (address === '') return networks.unix;
    const parsed = parseIpAddress(address);
    return parsed !== null && networks.has(parsed);
  };
}

function tokenCheck(token: string): (request: HttpRequest) => boolean {
  const expected = Buffer.from(`Bearer ${token}`);
  return (request) => {
    const given = Buffer.from(request.headers.get('authorization') ?? '');
    return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
  };
}
