import { type Clock, type Logger, systemClock } from '@windhover/core';
import {
  anyObject,
  checkOptions,
  milliseconds,
  type Rules,
  rule,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { redisError } from './errors.ts';
import { addressOf, commandsOf, type RedisClient, type RedisValue, type SendCommand } from './redis-client.ts';

/** Options that all stores have. Times are in milliseconds. */
export interface RedisOptions {
  /** What all keys begin with. Default: `windhover:`. */
  readonly prefix?: string;
  /** How long Redis may take to answer. Default: 200: what waits for it are requests. */
  readonly timeoutMs?: number;
  /** After how many failures in a row Redis is not asked for a moment. Default: 5. */
  readonly maxFailures?: number;
  /** How long it is not asked then; after it, one call tries. Default: 1000. */
  readonly restMs?: number;
  /** How messages call this Redis. Default: its address, as far as the client tells it. */
  readonly address?: string;
  /** Hears when Redis fails and when it is back, each once. Default: the console. */
  readonly log?: Logger;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<RedisOptions> = {
  prefix: rule('a text without spaces', (value) => typeof value === 'string' && /^[\x21-\x7e]{0,100}$/.test(value)),
  address: rule('a text', (value) => typeof value === 'string' && value !== ''),
  timeoutMs: milliseconds('above 0'),
  maxFailures: wholeNumber(1),
  restMs: milliseconds('above 0'),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
};

/**
 * Calls of Redis with a deadline and a circuit breaker: while Redis is gone, requests do not wait for it one after the other. Stores of one
 * server share it. A wrong answer, such as for a key of another type, is not a failure of Redis.
 */
export class RedisCalls {
  readonly prefix: string;
  private readonly send: SendCommand;
  private readonly timeoutMs: number;
  private readonly maxFailures: number;
  private readonly restMs: number;
  readonly log: Logger;
  readonly clock: Clock;
  private readonly address: string | null;
  /** Failures in a row. */
  private failures = 0;
  /** Failures and calls that were not made, since the log was told. */
  private lost = 0;
  private isTold = false;
  private restsUntil = 0;
  private isTrying = false;

  constructor(client: RedisClient, options: RedisOptions = {}) {
    const fault = anyObject.fault(client, 'client');
    if (fault !== null) throw redisError('REDIS_OPTION_INVALID', fault);
    checkOptions(options, optionRules, (wrong) => redisError('REDIS_OPTION_INVALID', wrong));
    this.send = commandsOf(client);
    this.address = options.address ?? addressOf(client);
    this.prefix = options.prefix ?? 'windhover:';
    this.timeoutMs = options.timeoutMs ?? 200;
    this.maxFailures = options.maxFailures ?? 5;
    this.restMs = options.restMs ?? 1000;
    this.log = options.log ?? console;
    this.clock = options.clock ?? systemClock;
  }

  /** Whether the last call has failed. */
  get isFailing(): boolean {
    return this.failures > 0;
  }

  /**
   * Sends a command about a key. Rejects with `REDIS_TIMEOUT`, `REDIS_UNAVAILABLE`, `REDIS_UNREACHABLE` or `REDIS_FAILED`.
   *
   * @param asBytes whether texts of the answer are bytes
   */
  call(key: string, values: readonly RedisValue[], asBytes = false): Promise<unknown> {
    if (this.failures >= this.maxFailures && (this.isTrying || this.clock.now() < this.restsUntil)) {
      this.lost += 1;
      return Promise.reject(redisError('REDIS_UNAVAILABLE', this.address ?? ''));
    }
    this.isTrying = this.failures >= this.maxFailures;
    return this.inTime(key, values, asBytes);
  }

  private inTime(key: string, values: readonly RedisValue[], asBytes: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const once = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        cancel();
        settle();
      };
      const late = (): void =>
        once(() => {
          const error = redisError('REDIS_TIMEOUT', this.said(`within ${this.timeoutMs} ms`));
          this.failed(error);
          reject(error);
        });
      // If this process stood still, the answer is there, and is read before the immediate.
      const cancel = this.clock.schedule(this.timeoutMs, () => void setImmediate(late));
      let pending: Promise<unknown>;
      try {
        pending = this.send(key, values, asBytes);
      } catch (error) {
        pending = Promise.reject(error);
      }
      pending.then(
        (value) =>
          once(() => {
            this.worked();
            resolve(value);
          }),
        (error: unknown) =>
          once(() => {
            const hasAnswered = isAnswer(error);
            if (hasAnswered) this.worked();
            else this.failed(error);
            const code = hasAnswered ? 'REDIS_FAILED' : 'REDIS_UNREACHABLE';
            reject(redisError(code, this.said((error as Error)?.message ?? String(error)), error));
          }),
      );
    });
  }

  private worked(): void {
    this.failures = 0;
    this.isTrying = false;
    if (!this.isTold) return;
    this.log.info('Redis answers again', { ...this.named(), lost: this.lost });
    this.isTold = false;
    this.lost = 0;
  }

  private failed(error: unknown): void {
    this.failures += 1;
    this.lost += 1;
    this.isTrying = false;
    if (this.failures < this.maxFailures) return;
    this.restsUntil = this.clock.now() + this.restMs;
    if (this.isTold) return;
    this.isTold = true;
    this.log.error('Redis fails', { ...this.named(), failures: this.failures, error });
  }

  /** Log lines and messages say which Redis it is. */
  private named(): { readonly address?: string } {
    return this.address === null ? {} : { address: this.address };
  }

  private said(what: string): string {
    return this.address === null ? what : `${this.address}: ${what}`;
  }
}

/** Whether Redis itself has answered: such an error begins with a word in capitals, `WRONGTYPE` for instance. Those of a node that cannot serve now are failures. */
function isAnswer(error: unknown): boolean {
  const message = (error as { readonly message?: unknown } | null)?.message;
  return (
    typeof message === 'string' &&
    /^[A-Z]{3,}\b/.test(message) &&
    !/^(?:LOADING|BUSY|CLUSTERDOWN|READONLY|MASTERDOWN|TRYAGAIN|ECONN|EPIPE|ETIMEDOUT)/.test(message)
  );
}
