import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { OptionsError } from '@windhover/config';
import {
  type Discovery,
  discoverDns,
  discoverFile,
  discoverSrv,
  type UpstreamServer,
  type UpstreamsOptions,
  type UpstreamTls,
} from '@windhover/proxy';
import { z } from 'zod';
import { originSchema } from './upstream-address.ts';
import { serverSchema, upstreamKeys } from './upstream-schema.ts';

/** An upstream as it is written. */
export const upstreamSchema = z.strictObject({
  to: z
    .union([originSchema, z.array(serverSchema).min(1)])
    .exactOptional()
    .describe(
      'Where it is: one address, or several, each alone or with `url`, `weight`, `backup` and `drain`. Needed unless `discover` finds them.',
    ),
  ...upstreamKeys,
});

/** An upstream as it is written, with units converted. */
export type WrittenUpstream = z.output<typeof upstreamSchema>;

/** Servers as they are written. */
export type WrittenServers = NonNullable<WrittenUpstream['to']>;

/** Returns the servers, all with the same TLS options and protocol. */
export function toServers(
  written: WrittenServers,
  tls?: UpstreamTls,
  protocol?: WrittenUpstream['protocol'],
): UpstreamServer[] {
  const list = Array.isArray(written) ? written : [written];
  return list.map((server) => ({
    ...(typeof server === 'string' ? { url: server } : server),
    ...(tls === undefined ? {} : { tls }),
    ...(protocol === undefined ? {} : { protocol }),
  }));
}

/** The same servers, with a protocol. */
export function withProtocol(discovery: Discovery, protocol: WrittenUpstream['protocol']): Discovery {
  if (protocol === undefined) return discovery;
  return {
    async look() {
      const { servers, againMs } = await discovery.look();
      return { servers: servers.map((server) => ({ ...server, protocol })), againMs };
    },
  };
}

/** Maps keys of the configuration to the options of `createUpstreams`. */
export function toUpstreamsOptions(written: WrittenUpstream): UpstreamsOptions {
  const { balance, sticky, connections, health, eject, breaker, retry, slowStart, panic, rest, proxyProtocol, warmUp } =
    written;
  return given<UpstreamsOptions>({
    balance,
    sticky: sticky && given({ ...sticky, maxAge: undefined, maxAgeMs: sticky.maxAge }),
    connections: connections && {
      max: connections.max,
      ...given({ queue: connections.queue, queueTimeoutMs: connections.queueTimeout }),
    },
    health: health && toHealth(health),
    eject:
      eject === true
        ? {}
        : eject && given({ failures: eject.failures, forMs: eject.for, maxMs: eject.max, maxShare: eject.share }),
    breaker:
      breaker === true
        ? {}
        : breaker &&
          given({
            errorShare: breaker.errors,
            minRequests: breaker.requests,
            windowMs: breaker.window,
            openMs: breaker.for,
          }),
    retry: retry && toRetry(retry),
    slowStartMs: slowStart,
    panicShare: panic,
    warmUp: warmUp && { paths: warmUp.paths, ...given({ host: warmUp.host, timeoutMs: warmUp.within }) },
    proxyProtocol: proxyProtocol && (proxyProtocol === 'v1' ? 1 : 2),
    restMs: rest,
  });
}

function toHealth({ every, timeout, status, ...rest }: NonNullable<WrittenUpstream['health']>): object {
  return { ...rest, ...given({ everyMs: every, timeoutMs: timeout, statuses: status }) };
}

function toRetry({ perTry, on, ...rest }: NonNullable<WrittenUpstream['retry']>): object {
  const reasons = on?.map((reason) => (/^\d+$/.test(String(reason)) ? Number(reason) : reason));
  return { ...rest, ...given({ on: reasons, perTryMs: perTry }) };
}

/** Where servers are looked up. Throws an `OptionsError` unless exactly one place is named. */
export function toDiscovery(written: WrittenUpstream['discover'], directory: string, tls?: UpstreamTls): Discovery {
  const { dns, srv, file, scheme = 'http', port = scheme === 'https' ? 443 : 80 } = written!;
  const options = { scheme, ...(tls === undefined ? {} : { tls }) };
  if ([dns, srv, file].filter((each) => each !== undefined).length !== 1)
    throw new OptionsError([{ path: ['discover'], message: 'expected one of `dns`, `srv` and `file`' }]);
  if (dns !== undefined) return discoverDns(dns, port, options);
  return srv !== undefined ? discoverSrv(srv, options) : discoverFile(resolve(directory, file!));
}

/** Reads the files that `tls` names. Throws an `OptionsError` that says which one cannot be read. */
export function readTls(written: WrittenUpstream['tls'], directory: string): UpstreamTls | undefined {
  if (written === undefined) return undefined;
  const { ca, certificate, key, ...others } = written;
  const read = (name: 'ca' | 'certificate' | 'key', file: string | undefined): string | undefined => {
    if (file === undefined) return undefined;
    const path = resolve(directory, file);
    try {
      return readFileSync(path, 'latin1');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const message = `expected a PEM file that this process may read (${code} at ${path})`;
      throw new OptionsError([{ path: ['tls', name], message }]);
    }
  };
  if (key !== undefined && certificate === undefined)
    throw new OptionsError([{ path: ['tls', 'key'], message: 'expected a `certificate` beside it, found none' }]);
  const cert = read('certificate', certificate);
  return { ...others, ...given({ ca: read('ca', ca), cert, key: read('key', key ?? certificate) }) };
}

/** Leaves out what is `undefined`. */
function given<T extends object>(options: { readonly [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
