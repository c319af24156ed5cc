import { availableParallelism } from 'node:os';
import { HttpError } from '@windhover/core';
import { checkOptions, type Rules, rule, wholeNumber } from '@windhover/options';
import { type AuthErrorCode, authErrors, optionError } from '../errors.ts';
import { checkPassword } from './check-password.ts';
import { FairQueue } from './fair-queue.ts';
import { type PasswordJob, PasswordThread } from './password-thread.ts';

/** Options of `createPasswordPool`. */
export interface PasswordPoolOptions {
  /**
   * How many passwords are checked at a time, each in a thread of its own. Default: half of the cores, 1 to 4, so that
   * guesses leave room for other work.
   */
  readonly threads?: number;
  /** How many more may wait. Default: 256: about half a minute of work. The rest gets 503. */
  readonly maxWaiting?: number;
  /**
   * How many of one client may wait. Default: 16, more than a browser opens connections. The rest gets 429. Clients
   * whose address is not known (`''`) share only `maxWaiting`.
   */
  readonly maxWaitingPerClient?: number;
  /** The module that the threads run. Default: the one of this package. */
  readonly worker?: URL;
}

/** Checks passwords beside the event loop. */
export interface PasswordPool {
  /**
   * Whether a password belongs to a hash. `client` is the address of who asks; clients take turns. Rejects with
   * `AUTH_BUSY` (503) or `AUTH_TOO_MANY_GUESSES` (429) if too many wait.
   */
  check(password: string, hash: string, client: string): Promise<boolean>;
  /** How many checks wait for a thread. */
  readonly waiting: number;
  close(): void;
}

const optionRules: Rules<PasswordPoolOptions> = {
  threads: wholeNumber(1, 64),
  maxWaiting: wholeNumber(0),
  maxWaitingPerClient: wholeNumber(0),
  worker: rule('a URL', (value) => value instanceof URL),
};

/** Creates threads for `checkPassword`. They start when they are needed. Throws `AUTH_OPTION_INVALID`. */
export function createPasswordPool(options: PasswordPoolOptions = {}): PasswordPool {
  checkOptions(options, optionRules, optionError);
  const { threads = defaultThreads(), maxWaiting = 256, maxWaitingPerClient = 16, worker = builtWorker() } = options;
  if (worker === null) return inThisThread;
  const queue = new FairQueue<PasswordJob>();
  const onFree = (thread: PasswordThread): void => {
    const job = queue.take();
    if (job === undefined) free.push(thread);
    else thread.run(job);
  };
  const all = Array.from({ length: threads }, () => new PasswordThread(worker, onFree));
  const free = [...all];
  return {
    check: (password, hash, address) =>
      new Promise((resolve, reject) => {
        const client = clientOf(address);
        const job = { password, hash, resolve, reject };
        const thread = free.pop();
        if (thread !== undefined) thread.run(job);
        else if (queue.size >= maxWaiting) reject(busy('AUTH_BUSY'));
        else if (client !== '' && queue.waitingOf(client) >= maxWaitingPerClient) reject(busy('AUTH_TOO_MANY_GUESSES'));
        else queue.add(client, job);
      }),
    get waiting() {
      return queue.size;
    },
    close() {
      for (const thread of all) thread.close();
    },
  };
}

/** Whose address it is: somebody with IPv6 has at least the 2^64 addresses of a /64. */
function clientOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

let shared: PasswordPool | undefined;

/** The pool of everything in this process that was given none. */
export function sharedPasswordPool(): PasswordPool {
  shared ??= createPasswordPool();
  return shared;
}

/** From source there is no built module for a thread: tests check in this one. */
const inThisThread: PasswordPool = { check: checkPassword, waiting: 0, close: () => undefined };

function builtWorker(): URL | null {
  return import.meta.url.endsWith('.ts') ? null : new URL('./password-worker.js', import.meta.url);
}

function defaultThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));
}

function busy(code: AuthErrorCode): HttpError {
  const { status, message } = authErrors[code];
  return new HttpError(status, code, message, { headers: { 'Retry-After': '1' } });
}
