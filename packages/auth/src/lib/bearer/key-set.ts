import type { Clock, Logger } from '@windhover/core';
import type { FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose';
import { authError } from '../errors.ts';

/** Finds the key that has signed a token. */
export interface KeySet {
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
  /** A number that changes with the keys. */
  current(): number;
}

type CryptoKey = Awaited<ReturnType<ReturnType<typeof import('jose').createLocalJWKSet>>>;

/** How often keys are fetched. */
const usualAgeMs = 600_000; // 10 minutes, as jose does
const againMs = 30_000; // after a key that is not known: also the time for which such keys are refused without asking
const failedMs = 5000;

/** Keys of a URL. They are fetched when they are needed, by one request at a time, and kept while they cannot be fetched. */
export class RemoteKeySet implements KeySet {
  private local: ReturnType<typeof import('jose').createLocalJWKSet> | null = null;
  private text = '';
  private version = 0;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private nextAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;
  private readonly fetchKeys: () => Promise<JSONWebKeySet>;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly log: Pick<Logger, 'error'> | undefined;

  constructor(fetchKeys: () => Promise<JSONWebKeySet>, clock: Pick<Clock, 'now'>, log?: Pick<Logger, 'error'>) {
    this.fetchKeys = fetchKeys;
    this.clock = clock;
    this.log = log;
  }

  current(): number {
    return this.version;
  }

  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (this.local === null) await this.refresh();
    else if (this.clock.now() - this.fetchedAt > usualAgeMs) void this.refresh().catch(() => undefined); // logged there
    if (this.local === null) throw authError('AUTH_KEYS_UNAVAILABLE', 'they were not fetched');
    try {
      return await this.local(header, token);
    } catch (error) {
      const isUnknown = (error as { code?: unknown }).code === 'ERR_JWKS_NO_MATCHING_KEY';
      if (!isUnknown || (this.fetching === null && this.clock.now() < this.nextAt)) throw error;
      await this.refresh();
      return this.local(header, token);
    }
  }

  private refresh(): Promise<void> {
    if (this.fetching !== null) return this.fetching;
    if (this.clock.now() < this.nextAt) return Promise.resolve();
    this.fetching = this.fetch().finally(() => {
      this.fetching = null;
    });
    return this.fetching;
  }

  private async fetch(): Promise<void> {
    this.nextAt = this.clock.now() + againMs;
    try {
      const { keys } = await this.fetchKeys();
      if (!Array.isArray(keys)) throw new TypeError('expected an object with keys');
      // A shared secret in a public document is a mistake, and would let anybody sign.
      const usable = keys.filter(({ kty }) => kty !== 'oct').slice(0, 100);
      const { createLocalJWKSet } = await import('jose');
      const text = JSON.stringify(usable);
      if (text !== this.text) {
        this.local = createLocalJWKSet({ keys: usable });
        this.text = text;
        this.version += 1;
      }
      this.fetchedAt = this.clock.now();
    } catch (error) {
      this.nextAt = this.clock.now() + failedMs;
      this.log?.error('The keys for tokens could not be fetched', { error });
      if (this.local === null) throw authError('AUTH_KEYS_UNAVAILABLE', (error as Error).message, error);
    }
  }
}
