import { lookup } from 'node:dns/promises';
import { fstatSync } from 'node:fs';
import { isIP } from 'node:net';
import { type BoundHandle, bindTcp, bindUnix, type TcpPlace } from './bind-handle.ts';
import { bindError, type SupervisorAddress } from './listen-address.ts';
import type { SupervisorLogger } from './logger.ts';
import { prepareSocketFile, setMode, withUmask } from './socket-file.ts';

/** The sockets of one name in `listen`: one for each slot, or one for all. */
interface Bound {
  /** As it was asked for, with port 0 for any. */
  readonly asked: SupervisorAddress;
  readonly address: SupervisorAddress;
  /** Binds one more socket for a slot; `null` when all slots share one. */
  readonly bind: (() => BoundHandle) | null;
  readonly handles: BoundHandle[];
}

/** The sockets that workers accept from. The supervisor binds and holds them, but never accepts. */
export class Listeners {
  readonly #bound = new Map<string, Bound>();

  /** Binds all or none. Rejects with a `SupervisorError`. */
  static async bind(
    listen: Readonly<Record<string, SupervisorAddress>>,
    slots: number,
    socketPerWorker: boolean,
  ): Promise<Listeners> {
    return new Listeners().change(listen, slots, socketPerWorker);
  }

  /**
   * Returns the listeners for other addresses or another number of slots. Sockets of a name with the same address are
   * shared with these listeners. Binds all or none.
   */
  async change(
    listen: Readonly<Record<string, SupervisorAddress>>,
    slots: number,
    socketPerWorker: boolean,
  ): Promise<Listeners> {
    const next = new Listeners();
    for (const [name, address] of Object.entries(listen)) {
      try {
        const kept = this.#bound.get(name);
        const isSame = kept !== undefined && JSON.stringify(kept.asked) === JSON.stringify(address);
        next.#bound.set(name, isSame ? withSockets(kept, slots) : await bindOne(address, socketPerWorker ? slots : 1));
      } catch (error) {
        next.closeExcept([this]);
        throw bindError(name, address, error as NodeJS.ErrnoException);
      }
    }
    return next;
  }

  /** The address of each name, as it was asked for. */
  get asked(): Readonly<Record<string, SupervisorAddress>> {
    return Object.fromEntries([...this.#bound].map(([name, { asked }]) => [name, asked]));
  }

  /** The address of each name, with the real port. */
  get addresses(): Readonly<Record<string, SupervisorAddress>> {
    return Object.fromEntries([...this.#bound].map(([name, { address }]) => [name, address]));
  }

  /** The descriptors for a worker of this slot, by name. */
  descriptors(slot: number): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#bound].map(([name, { handles }]) => [name, (handles[slot] ?? handles[0]!).fd]));
  }

  /**
   * Gives an empty slot fresh sockets, if each slot has its own: the kernel sends them no connections until a worker
   * listens again. Connections that wait on the old ones are reset.
   */
  renew(slot: number, log: SupervisorLogger): void {
    for (const [name, { bind, handles }] of this.#bound) {
      const old = handles[slot];
      if (bind === null || old === undefined || handles.length === 1) continue;
      try {
        handles[slot] = bind();
        old.close();
      } catch (error) {
        // Usually EMFILE or ENFILE: no descriptor is free. The old socket does as well, except that clients keep
        // waiting on it.
        log.warn(`Connections to listen.${name} wait for the next worker of slot ${slot}: no fresh socket`, { error });
      }
    }
  }

  /** Closes those that none of the others shares. */
  closeExcept(others: readonly Listeners[]): void {
    const shared = new Set(others.flatMap((other) => [...other.#bound.values()]));
    for (const [name, bound] of this.#bound) {
      if (shared.has(bound)) continue;
      this.#bound.delete(name);
      for (const handle of bound.handles.splice(0)) handle.close();
    }
  }

  /** Closes the sockets of slots that are gone. Connections that wait on them are reset. */
  trim(slots: number): void {
    for (const { handles } of this.#bound.values()) for (const handle of handles.splice(slots)) handle.close();
  }

  /** Closes all of them. Copies that a worker holds stay open there. */
  close(): void {
    for (const { handles } of this.#bound.values()) for (const handle of handles.splice(0)) handle.close();
    this.#bound.clear();
  }
}

/** Adds the sockets of slots that are new, if each slot has its own. */
function withSockets(bound: Bound, slots: number): Bound {
  while (bound.bind !== null && bound.handles.length < slots) bound.handles.push(bound.bind());
  return bound;
}

async function bindOne(address: SupervisorAddress, sockets: number): Promise<Bound> {
  if ('fd' in address) {
    if (!fstatSync(address.fd).isSocket()) throw new Error('It is not a socket');
    // It belongs to the process that passed it on, so it is not closed here.
    return { asked: address, address, bind: null, handles: [{ fd: address.fd, close: () => undefined }] };
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
    return { asked: address, address, bind: null, handles: [handle] };
  }
  const { ipv6Only = false, port } = address;
  const host = await toIp(address.host);
  return bindTcpSockets({ host, port, ipv6Only, reusePort: sockets > 1 }, address, sockets);
}

function bindTcpSockets(place: TcpPlace, address: SupervisorAddress, sockets: number): Bound {
  // If other programs share this port through SO_REUSEPORT, the kernel would silently add us, for example a second
  // instance of this server. So we first check that the port is free.
  if (place.reusePort && place.port !== 0) bindTcp({ ...place, reusePort: false }).close();
  const handles: BoundHandle[] = [];
  try {
    const first = bindTcp(place);
    handles.push(first);
    const bind = (): BoundHandle => bindTcp({ ...place, port: first.port });
    while (handles.length < sockets) handles.push(bind());
    return {
      asked: address,
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
