import type { SecureContext } from 'node:tls';
import { createTicketKeys, type TicketKeys } from './ticket-keys.ts';
import type { TlsContexts } from './tls-contexts.ts';

/** The part of Node's context that takes keys. `createSecureContext` takes them too, but only when it makes one. */
interface KeyedContext {
  setTicketKeys(keys: Buffer): void;
}

let own: TicketKeys | null = null;

/** The keys of all listeners of this process that have no others. */
export function ownTicketKeys(now: number): TicketKeys {
  own ??= createTicketKeys(now);
  return own;
}

/** Gives the context that a handshake begins with the keys of the time: OpenSSL takes that of the first context for all names. */
export class ContextTickets {
  private readonly keys: TicketKeys;
  private context: SecureContext | null = null;
  private period = 0;

  constructor(keys: TicketKeys) {
    this.keys = keys;
  }

  apply({ default: { context }, canResume }: TlsContexts, now: number): void {
    const period = this.keys.periodAt(now);
    if (!canResume || (context === this.context && period === this.period)) return;
    (context.context as KeyedContext).setTicketKeys(this.keys.current);
    this.context = context;
    this.period = period;
  }
}
