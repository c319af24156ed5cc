import { type ContextKey, contextKey } from '@windhover/core';
import type { Seals } from './seals.ts';
import type { SessionRecord } from './session-store.ts';

/** What a server remembers of a browser from request to request. Values must be what JSON can keep. */
export interface Session {
  /** Whether the request came without a valid session. Nothing is kept before something is set. */
  readonly isNew: boolean;
  /** When the session began, in milliseconds since the epoch. */
  readonly createdAt: number;
  get<T = unknown>(name: string): T | undefined;
  set(name: string, value: unknown): void;
  delete(name: string): void;
  /** The names that are set. */
  keys(): readonly string[];
  /**
   * Gives the session another identity, and keeps its content. Call it when somebody logs in or gets more rights, so that nobody who knew
   * the old one shares them (session fixation).
   */
  regenerate(): void;
  /**
   * Encrypts a text with the keys of the session, for a cookie of your own that must work without a session: nothing is kept. `purpose` is a
   * constant; what is sealed for one cannot be opened for another, and no session cookie can.
   */
  seal(purpose: string, text: string): string;
  /** Opens what `seal` has made, with older keys too; `null` for anything else. */
  unseal(purpose: string, sealed: string): string | null;
  /** Ends the session: its content is gone, and the browser forgets it. */
  destroy(): void;
}

/** Where `session()` puts the session of a request. */
export const sessionKey: ContextKey<Session> = contextKey<Session>('session');

/** The session of one request, and what became of it. */
export class LiveSession implements Session {
  readonly isNew: boolean;
  readonly createdAt: number;
  readonly usedAt: number;
  isChanged = false;
  isRegenerated = false;
  isDestroyed = false;
  private values: Map<string, unknown>;
  private readonly seals: Seals;

  constructor(record: SessionRecord | null, now: number, seals: Seals) {
    this.seals = seals;
    this.isNew = record === null;
    this.createdAt = record?.createdAt ?? now;
    this.usedAt = record?.usedAt ?? now;
    this.values = new Map(record === null ? [] : Object.entries(record.data));
  }

  get isEmpty(): boolean {
    return this.values.size === 0;
  }

  get<T>(name: string): T | undefined {
    return this.values.get(name) as T | undefined;
  }

  set(name: string, value: unknown): void {
    this.isChanged = true;
    this.values.set(name, value);
  }

  delete(name: string): void {
    if (this.values.delete(name)) this.isChanged = true;
  }

  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  regenerate(): void {
    this.isRegenerated = true;
    this.isChanged = true;
  }

  seal(purpose: string, text: string): string {
    return this.seals.for(purpose).seal(text);
  }

  unseal(purpose: string, sealed: string): string | null {
    return this.seals.for(purpose).open(sealed)?.text ?? null;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.values = new Map();
  }

  /** The content as a record. A name such as `__proto__` is a value like any other. */
  toRecord(usedAt: number): SessionRecord {
    return { data: Object.fromEntries(this.values), createdAt: this.createdAt, usedAt };
  }
}
