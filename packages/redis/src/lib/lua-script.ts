import { createHash } from 'node:crypto';
import type { RedisCalls } from './redis-calls.ts';

/** A script that Redis runs in one step. It is sent by its hash, and whole when Redis has lost it: after a restart, a failover or `SCRIPT FLUSH`. */
export class LuaScript {
  private readonly source: string;
  private readonly hash: string;

  constructor(source: string) {
    this.source = source;
    this.hash = createHash('sha1').update(source).digest('hex'); // the name that Redis knows scripts by
  }

  async run(calls: RedisCalls, key: string, values: readonly string[]): Promise<unknown> {
    try {
      return await calls.call(key, ['EVALSHA', this.hash, '1', key, ...values]);
    } catch (error) {
      if (!/\bNOSCRIPT\b/.test((error as Error).message)) throw error;
      return calls.call(key, ['EVAL', this.source, '1', key, ...values]);
    }
  }
}
