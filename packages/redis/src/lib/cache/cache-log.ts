import { randomBytes } from 'node:crypto';
import type { PurgeListener, PurgeSelector } from '@windhover/cache';
import { redisError } from '../errors.ts';
import type { LuaScript } from '../lua-script.ts';
import type { RedisCalls } from '../redis-calls.ts';
import type { RedisValue } from '../redis-client.ts';
import type { CacheKeys } from './cache-keys.ts';
import { sinceScript } from './cache-scripts.ts';
import { readPurge } from './logged-purge.ts';

/** Up to where the purges are known. */
export interface LogPosition {
  /** Changes when Redis has lost the cache; `''`: Redis was never asked. */
  readonly epoch: string;
  readonly seq: number;
}

/**
 * Follows the log of purges: every answer of Redis brings those that are not known yet, and in between a short question does, at most twice in
 * `maxUnknownMs`.
 */
export class CacheLog {
  /** Who this process is in the log. */
  readonly own: string = randomBytes(9).toString('base64url');
  position: LogPosition = { epoch: '', seq: 0 };
  answers = 0;
  bytes = 0;
  private readonly listeners = new Set<PurgeListener>();
  private readonly calls: RedisCalls;
  private readonly keys: CacheKeys;
  private readonly maxUnknownMs: number;
  /** When the question was sent whose answer told the last purges. */
  private knownAtMs = Number.NEGATIVE_INFINITY;
  private askedAtMs = Number.NEGATIVE_INFINITY;
  /** Called when Redis has lost purges that are known here: they must be repeated. */
  onBehind: () => void = () => undefined;

  constructor(calls: RedisCalls, keys: CacheKeys, maxUnknownMs: number) {
    this.calls = calls;
    this.keys = keys;
    this.maxUnknownMs = maxUnknownMs;
  }

  /** Whether all purges up to `maxUnknownMs` ago are known. */
  get isKnown(): boolean {
    const now = this.calls.clock.now();
    const isKnown = now - this.knownAtMs <= this.maxUnknownMs;
    if (now - this.knownAtMs > this.maxUnknownMs / 2 && now - this.askedAtMs > this.maxUnknownMs / 2) this.check();
    return isKnown;
  }

  listen(listener: PurgeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  tell(selector: PurgeSelector, soft: boolean): void {
    for (const listener of this.listeners) listener(selector, soft);
  }

  /** Runs a script of the cache, and returns what it answers behind the purges. */
  async run(script: LuaScript, values: readonly RedisValue[], from: LogPosition = this.position): Promise<unknown[]> {
    const askedAtMs = this.calls.clock.now();
    const words = [randomBytes(9).toString('base64url'), from.epoch, String(from.seq), ...values];
    const answer = await script.run(this.calls, this.keys.ofScripts, words);
    if (!Array.isArray(answer) || answer.length < 5) throw redisError('REDIS_FAILED', 'an answer of another kind');
    const [epoch, seq, answers, bytes, purges, ...rest] = answer as unknown[];
    this.answers = countOf(answers);
    this.bytes = countOf(bytes);
    this.learn(from, { epoch: String(epoch), seq: countOf(seq) }, purges);
    this.knownAtMs = Math.max(this.knownAtMs, askedAtMs);
    return rest;
  }

  /** Returns the position, which is asked for if Redis was never asked. */
  knownPosition(): LogPosition | Promise<LogPosition> {
    if (this.position.epoch !== '') return this.position;
    const asked = this.run(sinceScript, []).then(() => this.position);
    asked.catch(toldByCalls);
    return asked;
  }

  /** Asks for the purges, in the background. A failure is in the log of the calls. */
  check(): void {
    this.askedAtMs = this.calls.clock.now();
    this.run(sinceScript, []).catch(toldByCalls);
  }

  /** A message of the channel: `epoch seq purge`. It may be lost, so a gap is a reason to ask. */
  heard(message: string): void {
    const [, epoch, seq, text] = /^(\S+) (\d+) (.*)$/s.exec(message) ?? [];
    if (epoch !== this.position.epoch || Number(seq) > this.position.seq + 1) this.check();
    else if (Number(seq) === this.position.seq + 1) this.learn(this.position, { epoch, seq: Number(seq) }, [text]);
  }

  /** @param from the position that the question was about */
  private learn(from: LogPosition, to: LogPosition, purges: unknown): void {
    const { position } = this;
    if (purges === 'behind' && from.epoch === position.epoch) this.onBehind();
    if (Array.isArray(purges) && to.epoch === position.epoch) {
      const first = to.seq - purges.length;
      const news = purges.slice(Math.max(0, position.seq - first));
      this.position = { epoch: to.epoch, seq: Math.max(position.seq, to.seq) };
      for (const text of news) this.tellLogged(String(text));
      return;
    }
    // Another question may have learned it already.
    if (to.epoch === position.epoch && to.seq <= position.seq && purges !== 'behind') return;
    this.position = to;
    this.tell({ all: true }, false);
  }

  private tellLogged(text: string): void {
    const purge = readPurge(text);
    if (purge === null) this.tell({ all: true }, false);
    else if (purge.by !== this.own) this.tell(purge.selector, purge.soft);
  }
}

const toldByCalls = (): undefined => undefined;

function countOf(value: unknown): number {
  const count = Number(value);
  return Number.isSafeInteger(count) ? Math.max(0, count) : 0;
}
