import { createHash } from 'node:crypto';
import type { RedisCalls } from './redis-calls.ts';
import type { RedisValue } from './redis-client.ts';

/** A script that Redis runs in one step. It is sent by its hash, and whole when Redis has lost it: after a restart, a failover or `SCRIPT FLUSH`. */
export class LuaScript {
  private readonly source: string;
  private readonly hash: string;

  constructor(source: string) {
    this.source = source;
    this.hash = createHash('sha1').update(source).digest('hex'); // the name that Redis knows scripts by
  }

  /** @param keys all on one node of a cluster */
  async run(calls: RedisCalls, keys: readonly [string, ...string[]], values: readonly RedisValue[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...values];
    try {
      return await calls.call(keys[0], ['EVALSHA', this.hash, ...rest]);
    } catch (error) {
      if (!/\bNOSCRIPT\b/.test((error as Error).message)) throw error;
      return calls.call(keys[0], ['EVAL', this.source, ...rest]);
    }
  }
}
