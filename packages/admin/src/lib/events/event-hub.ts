import type { Clock } from '@windhover/core';
import type { AdminEvents } from '../admin-target.ts';
import { writeJson } from '../api/write-json.ts';
import type { AdminRole, ApiEvents } from '../api-types.ts';
import { adminError } from '../errors.ts';
import type { Administrator, Login } from '../login/login.ts';
import { roleAllows } from '../roles.ts';
import { EventStream } from './event-stream.ts';

/** Proxies and browsers give up connections that are silent for a minute; milliseconds. */
const heartbeatMs = 15_000;
const maxClients = 100;
/** Of one user: nobody takes the places of all others. */
const maxOfUser = 10;

/** Who may hear of what; everybody of what is not named. */
const neededRoles: Partial<Record<keyof ApiEvents, AdminRole>> = { audit: 'configure' };

interface Client {
  readonly stream: EventStream;
  readonly who: Administrator;
}

/** Passes events on to all clients that follow them. */
export class EventHub {
  private readonly parts: {
    readonly events: AdminEvents | null;
    readonly clock: Clock;
    readonly login: Pick<Login, 'stillIn'>;
  };
  private readonly clients = new Set<Client>();
  private leave: (() => void) | null = null;
  private cancelBeat: (() => void) | null = null;

  constructor(parts: {
    readonly events: AdminEvents | null;
    readonly clock: Clock;
    readonly login: Pick<Login, 'stillIn'>;
  }) {
    this.parts = parts;
  }

  get size(): number {
    return this.clients.size;
  }

  /** Adds a client. Its stream ends with its session; of a user with many the oldest one ends. */
  open(who: Administrator): EventStream {
    const own = [...this.clients].filter((client) => client.who.user === who.user);
    if (own.length >= maxOfUser) own[0]!.stream.end();
    if (this.clients.size >= maxClients) throw adminError('ADMIN_TOO_MANY_STREAMS');
    const endsWithSession = (): void => stream.end();
    const stream = new EventStream(() => {
      this.clients.delete(client);
      who.session?.onEnd.delete(endsWithSession);
      if (this.clients.size === 0) this.rest();
    });
    const client: Client = { stream, who };
    who.session?.onEnd.add(endsWithSession);
    this.clients.add(client);
    this.leave ??= this.parts.events?.subscribe((name, data) => this.tell(name, data)) ?? null;
    this.cancelBeat ??= this.beatLater();
    stream.send('retry: 2000\n\n');
    return stream;
  }

  tell<Name extends keyof ApiEvents>(name: Name, data: ApiEvents[Name]): void {
    if (this.clients.size === 0) return;
    const text = `event: ${name}\ndata: ${writeJson(data)}\n\n`;
    const needed = neededRoles[name] ?? 'look';
    for (const { stream, who } of [...this.clients])
      if (roleAllows(who.session?.role ?? who.role, needed)) stream.send(text);
  }

  /** Ends all streams: the server stops. */
  close(): void {
    for (const { stream } of [...this.clients]) stream.end();
  }

  /** A page that is open uses its session; the session still ends at its absolute limit. */
  private beat(): void {
    for (const { stream, who } of [...this.clients]) {
      if (who.session !== null) void this.parts.login.stillIn(who.session);
      stream.send(': still here\n\n'); // does nothing if the session has just ended
    }
  }

  private beatLater(): () => void {
    return this.parts.clock.schedule(heartbeatMs, () => {
      this.beat();
      this.cancelBeat = this.clients.size === 0 ? null : this.beatLater();
    });
  }

  private rest(): void {
    this.leave?.();
    this.leave = null;
    this.cancelBeat?.();
    this.cancelBeat = null;
  }
}
