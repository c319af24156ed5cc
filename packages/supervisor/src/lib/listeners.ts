import { lookup } from 'node:dns/promises';
import { fstatSync } from 'node:fs';
import { isIP } from 'node:net';
import { type BoundHandle, bindTcp, bindUnix, type TcpPlace } from './bind-handle.ts';
import { bindError, type SupervisorAddress } from './listen-address.ts';
import type { SupervisorLogger } from './logger.ts';
import { prepareSocketFile, setMode, withUmask } from './socket-file.ts';

/** One name of `listen`: a socket for each slot, or one for all of them. */
interface Bound {
  readonly address: SupervisorAddress;
  /** How one more socket for a slot is bound; `null` when all slots share one. */
  readonly bind: (() => BoundHandle) | null;
  readonly handles: BoundHandle[];
}

/** The sockets that workers accept from. They are bound and held here, and nothing here ever accepts. */
export class Listeners {
  readonly #bound = new Map<string, Bound>();

  /** Binds all or none. Rejects with a `SupervisorError`. */
  static async bind(
    listen: Readonly<Record<string, SupervisorAddress>>,
    slots: number,
    socketPerWorker: boolean,
  ): Promise<Listeners> {
    const listeners = new Listeners();
    for (const [name, address] of Object.entries(listen)) {
      try {
        listeners.#bound.set(name, await bindOne(address, socketPerWorker ? slots : 1));
      } catch (error) {
        listeners.close();
        throw bindError(name, address, error as NodeJS.ErrnoException);
      }
    }
    return listeners;
  }

  /** Where each name listens, with the real port. */
  get addresses(): Readonly<Record<string, SupervisorAddress>> {
    return Object.fromEntries([...this.#bound].map(([name, { address }]) => [name, address]));
  }

  /** What a worker of this slot listens on. */
  descriptors(slot: number): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#bound].map(([name, { handles }]) => [name, (handles[slot] ?? handles[0]!).fd]));
  }

  /**
   * Gives a slot that nobody works in fresh sockets, where it has its own: the system sends it no connections before a worker listens again.
   * Those that wait in the old ones are reset.
   */
  renew(slot: number, log: SupervisorLogger): void {
    for (const [name, { bind, handles }] of this.#bound) {
      const old = handles[slot];
      if (bind === null || old === undefined || handles.length === 1) continue;
      try {
        handles[slot] = bind();
        old.close();
      } catch (error) {
        // EMFILE or ENFILE, as a rule: there is no descriptor to spare. The old socket is as good, but for who waits in it.
        log.warn(`Connections to listen.${name} wait for the next worker of slot ${slot}: no fresh socket`, { error });
      }
    }
  }

  /** Lets go of all of them. Those that a worker still has stay open there. */
  close(): void {
    for (const { handles } of this.#bound.values()) for (const handle of handles) handle.close();
    this.#bound.clear();
  }
}

async function bindOne(address: SupervisorAddress, sockets: number): Promise<Bound> {
  if ('fd' in address) {
    if (!fstatSync(address.fd).isSocket()) throw new Error('It is no socket');
    // It belongs to whoever passed it on, so it is not closed here.
    return { address, bind: null, handles: [{ fd: address.fd, close: () => undefined }] };
  }
  if ('path' in address) {
    await prepareSocketFile(address.path);
    const handle = withUmask(address.mode, () => bindUnix(address.path));
    try {
      setMode(address.path, address.mode);
    } catch (error) {
      handle.close();
      throw error;
    }
    return { address, bind: null, handles: [handle] };
  }
  const { ipv6Only = false, port } = address;
  const host = await toIp(address.host);
  return bindTcpSockets({ host, port, ipv6Only, reusePort: sockets > 1 }, address, sockets);
}

function bindTcpSockets(place: TcpPlace, address: SupervisorAddress, sockets: number): Bound {
  // A port that others share by SO_REUSEPORT would take us in without a word: a second instance of the same server, for instance.
  if (place.reusePort && place.port !== 0) bindTcp({ ...place, reusePort: false }).close();
  const handles: BoundHandle[] = [];
  try {
    const first = bindTcp(place);
    handles.push(first);
    const bind = (): BoundHandle => bindTcp({ ...place, port: first.port });
    while (handles.length < sockets) handles.push(bind());
    return {
      address: { ...address, host: first.address, port: first.port },
      bind: place.reusePort ? bind : null,
      handles,
    };
  } catch (error) {
    for (const handle of handles) handle.close();
    throw error;
  }
}

async function toIp(host: string | undefined): Promise<string | null> {
  if (host === undefined || isIP(host) !== 0) return host ?? null;
  return (await lookup(host)).address;
}
