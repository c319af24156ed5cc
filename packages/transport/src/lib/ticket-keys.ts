import { createHash, hkdfSync, randomBytes } from 'node:crypto';

/** How long a key encrypts tickets: half a day, as Caddy's. Clients come back with a full handshake once after it. */
const periodMs = 12 * 3_600_000;
const secretBytes = 32;
/** What OpenSSL takes: a name, a key for the checksum, and one for the encryption. */
const keyBytes = 48;

/** Where the keys are, to be handed to another process. */
export interface TicketKeyState {
  readonly period: number;
  /** In hexadecimal. Whoever has it can read sessions of TLS 1.2 that were resumed since the period began. */
  readonly secret: string;
}

/**
 * The keys with which session tickets are encrypted (RFC 5077, RFC 8446 §4.6.1). Listeners, workers and machines with the
 * same ones resume each other's sessions. Each period has its own key; those of earlier periods cannot be computed from
 * it.
 */
export class TicketKeys {
  private period: number;
  private secret: Buffer;
  private key: Buffer | null = null;

  /** Made by `createTicketKeys`. */
  constructor(period: number, secret: Buffer) {
    this.period = period;
    this.secret = secret;
  }

  /** The number of the period at that time, in milliseconds since the epoch. A clock that is set back changes nothing. */
  periodAt(now: number): number {
    const wanted = Math.floor(now / periodMs);
    while (this.period < wanted) {
      this.secret = createHash('sha256').update('next ticket key').update(this.secret).digest();
      this.period += 1;
      this.key = null;
    }
    return this.period;
  }

  /** The key of the period that was reached. */
  get current(): Buffer {
    this.key ??= Buffer.from(hkdfSync('sha256', this.secret, '', 'ticket key', keyBytes));
    return this.key;
  }

  /** What a process needs to go on with the same keys. */
  stateAt(now: number): TicketKeyState {
    return { period: this.periodAt(now), secret: this.secret.toString('hex') };
  }
}

/** Creates keys that nobody else has. */
export function createTicketKeys(now: number): TicketKeys {
  return new TicketKeys(Math.floor(now / periodMs), randomBytes(secretBytes));
}

/** Goes on with the keys of another process. */
export function ticketKeysOf({ period, secret }: TicketKeyState): TicketKeys {
  return new TicketKeys(period, Buffer.from(secret, 'hex'));
}

/** The keys that all machines have that share this secret, of 32 bytes or more: the same period has the same key everywhere. */
export function sharedTicketKeys(secret: Uint8Array): TicketKeys {
  return new TicketKeys(0, createHash('sha256').update('shared ticket keys').update(secret).digest());
}
