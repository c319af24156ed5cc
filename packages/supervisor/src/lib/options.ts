import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Backoff, BackoffOptions } from './backoff.ts';
import { canReusePort } from './bind-handle.ts';
import {
  checkMethods,
  checkNumber,
  checkObject,
  checkSwitch,
  checkTexts,
  isObject,
  refuseOption as refuse,
} from './check-option.ts';
import { checkAddress, type SupervisorAddress } from './listen-address.ts';
import { consoleLogger, type SupervisorLogger, toSafeLogger } from './logger.ts';
import type { PingOptions, PingTimes } from './ping-watch.ts';

/** What a supervisor runs, and how. */
export interface SupervisorOptions {
  /** The file that each worker runs. */
  readonly worker: URL | string;
  /** Its arguments. Default: none. */
  readonly args?: readonly string[];
  /** Options of Node for it. Default: those of this process, without the ones for a debugger, `--watch` and `--eval`. */
  readonly execArgv?: readonly string[];
  /** Variables beside those of this process; `undefined` takes one away. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How many, 1 to 1,024. Default: as many as can run at the same time here (`availableParallelism()`). */
  readonly workers?: number;
  /** The sockets, by the names under which workers find them. Default: none. */
  readonly listen?: Readonly<Record<string, SupervisorAddress>>;
  /**
   * Whether each slot has a TCP socket of its own, so that connections spread evenly. Default: true where the system can, which is Linux
   * with Node 22.12 or newer.
   */
  readonly socketPerWorker?: boolean;
  /** How long a worker may take to become ready. Default: 30,000: slower ones do more than start. */
  readonly readyTimeoutMs?: number;
  /** How long a worker may take to stop before it is killed. Default: 30,000, as in .NET. */
  readonly stopTimeoutMs?: number;
  /** The wait before a worker that crashed is replaced. */
  readonly backoff?: BackoffOptions;
  /**
   * How a worker that hangs is noticed: it is asked, and if it does not answer it is killed and replaced. One with an open inspector is not.
   * `false`: it may hang. Default: as in IIS, see `PingOptions`.
   */
  readonly ping?: PingOptions | false;
  /** Whether workers that tell how many connections they have (`worker.balance`) are told how many are too many. Default: true. */
  readonly balance?: boolean;
  /** Whether `start()` goes on trying when a worker does not become ready. Default: false, it rejects. */
  readonly retryStart?: boolean;
  /** Where `controlSupervisor` finds it: a Unix socket that only this user may open. Default: nowhere. */
  readonly controlPath?: string;
  /** SIGTERM and SIGINT stop, a second one at once; SIGHUP reloads. Default: false. */
  readonly signals?: boolean;
  /** Tells systemd what it does, if `NOTIFY_SOCKET` is set. Default: false. */
  readonly systemd?: boolean;
  /** Default: warnings and errors go to stderr. */
  readonly log?: SupervisorLogger;
}

/** With every default in its place. */
export interface ResolvedOptions
  extends Required<Omit<SupervisorOptions, 'worker' | 'controlPath' | 'backoff' | 'ping' | 'env'>> {
  readonly file: string;
  readonly controlPath: string | null;
  readonly backoff: Backoff;
  /** `null`: nobody is asked. */
  readonly ping: PingTimes | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The longest delay that timers of Node take. */
const maxTimeoutMs = 2 ** 31 - 1;

/** Shorter times would ask a busy machine whether it is busy. */
const minPingMs = 100;

/** Every option, so that a misspelt one is refused. */
const names = {
  worker: true,
  args: true,
  execArgv: true,
  env: true,
  workers: true,
  listen: true,
  socketPerWorker: true,
  readyTimeoutMs: true,
  stopTimeoutMs: true,
  backoff: true,
  ping: true,
  balance: true,
  retryStart: true,
  controlPath: true,
  signals: true,
  systemd: true,
  log: true,
} satisfies Record<keyof SupervisorOptions, true>;
const backoffNames = { initialMs: true, maxMs: true, resetMs: true } satisfies Record<keyof BackoffOptions, true>;
const pingNames = { intervalMs: true, timeoutMs: true } satisfies Record<keyof PingOptions, true>;

/** Checks every option. Throws `SUPERVISOR_OPTION_INVALID`. */
export function resolveOptions(options: SupervisorOptions): ResolvedOptions {
  checkObject('createSupervisor()', options, names);
  const { backoff = {}, listen = {}, args = [], workers = availableParallelism() } = options;
  checkNumber('workers', workers, 1, 1024);
  if (!isObject(listen)) throw refuse('listen', 'expected an object with an address for each name', listen);
  for (const [name, address] of Object.entries(listen)) checkAddress(name, address);
  const { socketPerWorker = canReusePort(), controlPath = null, log = consoleLogger, env = {} } = options;
  const { execArgv = usefulExecArgv(process.execArgv), readyTimeoutMs = 30_000, stopTimeoutMs = 30_000 } = options;
  const { balance = true, retryStart = false, signals = false, systemd = false } = options;
  if (socketPerWorker && !canReusePort()) {
    throw refuse('socketPerWorker', 'true needs Linux and Node 22.12 or newer', socketPerWorker);
  }
  if (controlPath !== null && (typeof controlPath !== 'string' || controlPath === '')) {
    throw refuse('controlPath', 'expected a path', controlPath);
  }
  return {
    file: toFile(options.worker),
    args: checkTexts('args', args),
    execArgv: checkTexts('execArgv', execArgv),
    env: workerEnvironment(env),
    workers,
    listen,
    socketPerWorker: checkSwitch('socketPerWorker', socketPerWorker),
    readyTimeoutMs: checkNumber('readyTimeoutMs', readyTimeoutMs, 1, maxTimeoutMs),
    stopTimeoutMs: checkNumber('stopTimeoutMs', stopTimeoutMs, 1, maxTimeoutMs),
    backoff: toBackoff(backoff),
    ping: toPing(options.ping),
    balance: checkSwitch('balance', balance),
    retryStart: checkSwitch('retryStart', retryStart),
    controlPath,
    signals: checkSwitch('signals', signals),
    systemd: checkSwitch('systemd', systemd),
    log: toSafeLogger(checkMethods('log', log, ['info', 'warn', 'error'])),
  };
}

/** What begins like the scheme of a URL; one letter is a drive. */
const schemed = /^[a-z][a-z0-9+.-]+:/i;

function toFile(worker: URL | string): string {
  const text = worker instanceof URL ? worker.href : worker;
  const expected = 'expected a file: URL or a path';
  if (typeof text !== 'string' || text === '') throw refuse('worker', expected, worker);
  if (!schemed.test(text)) return text;
  if (!/^file:/i.test(text)) throw refuse('worker', expected, worker);
  try {
    return fileURLToPath(text);
  } catch (error) {
    throw refuse('worker', `${expected}. ${(error as Error).message}`, worker); // of another machine, for instance
  }
}

function toBackoff(backoff: BackoffOptions): Backoff {
  checkObject('backoff', backoff, backoffNames);
  const { initialMs = 200, maxMs = Math.max(30_000, initialMs), resetMs = 10_000 } = backoff;
  checkNumber('backoff.initialMs', initialMs, 1, maxTimeoutMs);
  checkNumber('backoff.maxMs', maxMs, 1, maxTimeoutMs);
  checkNumber('backoff.resetMs', resetMs, 0, maxTimeoutMs);
  if (initialMs > maxMs)
    throw refuse('backoff.initialMs', `expected no more than backoff.maxMs, which is ${maxMs}`, initialMs);
  return { initialMs, maxMs, resetMs };
}

function toPing(ping: PingOptions | false = {}): PingTimes | null {
  if (ping === false) return null;
  if (!isObject(ping as unknown)) throw refuse('ping', 'expected { intervalMs?, timeoutMs? } or false', ping);
  checkObject('ping', ping, pingNames);
  const { intervalMs = 30_000, timeoutMs = 90_000 } = ping;
  return {
    intervalMs: checkNumber('ping.intervalMs', intervalMs, minPingMs, maxTimeoutMs),
    timeoutMs: checkNumber('ping.timeoutMs', timeoutMs, minPingMs, maxTimeoutMs),
  };
}

/** A debugger has one port, and what was given by `--eval` is not for the worker. */
function usefulExecArgv(given: readonly string[]): readonly string[] {
  const useless = /^--(inspect|debug|watch)/;
  const withValue = new Set(['-e', '--eval', '-p', '--print', '-pe', '--input-type']);
  return given.filter((option, index) => {
    const before = given[index - 1] ?? '';
    return (
      !useless.test(option) &&
      !withValue.has(option) &&
      !withValue.has(before) &&
      !/^--(eval|print|input-type)=/.test(option)
    );
  });
}

/** Without the variables of systemd that are meant for this process alone. */
function workerEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  if (!isObject(own)) throw refuse('env', 'expected an object with variables', own);
  for (const [name, value] of Object.entries(own))
    if (value !== undefined && typeof value !== 'string') throw refuse(`env.${name}`, 'expected a string', value);
  const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES, NOTIFY_SOCKET, ...inherited } = process.env;
  return { ...inherited, ...own };
}
