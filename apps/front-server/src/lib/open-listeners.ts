import type { Configuration, Generations, ListenAddress, ListenerConfig } from '@windhover/config';
import type { Logger } from '@windhover/core';
import { certificatesOf, http2Of } from '@windhover/features';
import type { Server } from '@windhover/server';
import type { Listener, Tls } from '@windhover/transport';
import { createListenerTls, type SharedTls } from './create-listener-tls.ts';
import { ExchangeableTls } from './exchangeable-tls.ts';
import { automaticNames } from './listener-certificates.ts';

/** Where to listen for an address of the configuration: several sockets for a name with several addresses. */
export type SocketsFor = (address: ListenAddress, kind?: 'ftp') => readonly (ListenAddress | { readonly fd: number })[];

/** What opens the listeners of a server. */
export interface ListenerHost {
  readonly server: Server;
  readonly generations: Pick<Generations<Record<never, never>>, 'connectionsOf'>;
  readonly log: Logger;
  readonly shared: SharedTls;
  /** Default: the address itself. */
  readonly socketsFor?: SocketsFor;
}

/** A change of listeners that is ready. One of the two calls decides. */
export interface PreparedListeners {
  /** Uses the new certificates, and closes the listeners that the configuration does not name any more. */
  commit(): void;
  /** Closes what was opened for it. */
  abandon(): Promise<void>;
}

interface OpenListener {
  readonly listeners: readonly Listener[];
  readonly http2: 'alpn' | 'prior-knowledge';
  readonly tls: ExchangeableTls | null;
}

const remedy = 'while the server runs without workers: restart it, or set `workers` to 1 or more';

/** The listeners of a server, which come and go with its configurations. */
export class OpenListeners {
  private readonly host: ListenerHost;
  /** By address and kind: a listener that becomes one for HTTPS is another one. */
  private readonly open = new Map<string, OpenListener>();

  constructor(host: ListenerHost) {
    this.host = host;
  }

  get all(): readonly Listener[] {
    return [...this.open.values()].flatMap(({ listeners }) => listeners);
  }

  /** Those of them that speak TLS. */
  get secure(): readonly Listener[] {
    return [...this.open.values()].flatMap(({ listeners, tls }) => (tls === null ? [] : listeners));
  }

  /** Opens the listeners that are new, and reads the certificates of all. Rejects if one of it fails, and then changes nothing. */
  async prepare(config: Configuration): Promise<PreparedListeners> {
    const certificates = new Map<ExchangeableTls, Tls>();
    const wanted = new Set<string>();
    const opened: string[] = [];
    const abandon = async (): Promise<void> => {
      for (const key of opened) await this.close(key);
    };
    try {
      for (const entry of config.listeners) {
        const tls = await createListenerTls(entry, config, this.host.log, this.host.shared);
        const key = keyOf(entry.address, tls !== null);
        const existing = this.open.get(key);
        const ways = waysOf(config, entry);
        wanted.add(key);
        if (existing === undefined) {
          this.refuseOtherKind(entry, tls !== null);
          this.open.set(key, await this.listen(entry, tls, ways));
          opened.push(key);
        } else {
          refuseOtherHttp2(entry.address, existing, ways);
          if (existing.tls !== null && tls !== null) certificates.set(existing.tls, tls);
        }
      }
    } catch (error) {
      await abandon();
      throw error;
    }
    return {
      commit: () => {
        for (const [exchangeable, tls] of certificates) exchangeable.current = tls;
        certificatesOf(config.features)?.manage(automaticNames(config));
        for (const key of this.open.keys()) if (!wanted.has(key)) void this.close(key);
      },
      abandon,
    };
  }

  /** Workers are replaced for that; one process cannot have two listeners of one address at a time. */
  private refuseOtherKind({ address }: ListenerConfig, isSecure: boolean): void {
    const isFree = 'port' in address && address.port === 0;
    if (isFree || !this.open.has(keyOf(address, !isSecure))) return;
    const change = isSecure ? 'begin to speak TLS' : 'stop speaking TLS';
    throw new Error(`The listener ${JSON.stringify(address)} cannot ${change} ${remedy}`);
  }

  private async listen(
    { address }: ListenerConfig,
    current: Tls | null,
    http2: OpenListener['http2'],
  ): Promise<OpenListener> {
    const { server, generations, socketsFor = (only) => [only] } = this.host;
    const middleware = [generations.connectionsOf(address)];
    const tls = current === null ? null : new ExchangeableTls(current);
    const listeners: Listener[] = [];
    for (const socket of socketsFor(address))
      listeners.push(await server.listen(socket, tls === null ? { middleware, http2 } : { middleware, http2, tls }));
    return { listeners, http2, tls };
  }

  private async close(key: string): Promise<void> {
    const { listeners } = this.open.get(key)!;
    this.open.delete(key);
    for (const listener of listeners) await listener.close();
  }
}

/** Which connections are looked at for HTTP/2; whether a handshake offers it is part of the TLS. */
function waysOf(config: Configuration, listener: ListenerConfig): OpenListener['http2'] {
  return http2Of(config.features, listener.features) === 'prior-knowledge' ? 'prior-knowledge' : 'alpn';
}

/** As `refuseOtherKind`: the open listener goes on as it is. */
function refuseOtherHttp2(address: ListenAddress, existing: OpenListener, ways: OpenListener['http2']): void {
  if (ways === existing.http2) return;
  throw new Error(
    `The listener ${JSON.stringify(address)} cannot change \`http2\` from or to prior-knowledge ${remedy}`,
  );
}

function keyOf(address: ListenAddress, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'} ${JSON.stringify(address)}`;
}
