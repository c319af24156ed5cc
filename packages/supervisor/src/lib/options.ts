import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Backoff, BackoffOptions } from './backoff.ts';
import { canReusePort } from './bind-handle.ts';
import { checkCommands } from './check-commands.ts';
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
import type { SupervisorChanges } from './supervisor.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** Options of `createSupervisor`. */
export interface SupervisorOptions {
  /** The file that each worker runs: a `file:` URL or a path. */
  readonly worker: URL | string;
  /** Arguments of the worker. Default: none. */
  readonly args?: readonly string[];
  /**
   * Node options of the worker. Default: those of this process, without the ones for debugging, `--watch` and `--eval`.
   */
  readonly execArgv?: readonly string[];
  /** Environment variables of the worker, added to those of this process; `undefined` removes one. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Number of workers, 1 to 1,024. Default: `availableParallelism()`, one per processor. */
  readonly workers?: number;
  /** The sockets, by the names that workers use for them. Default: none. */
  readonly listen?: Readonly<Record<string, SupervisorAddress>>;
  /**
   * Whether each slot has a TCP socket of its own, so that connections spread evenly. Default: true where possible,
   * which is on Linux with Node 22.12 or newer.
   */
  readonly socketPerWorker?: boolean;
  /** Milliseconds a worker may take to become ready. Default: 30,000, far longer than a start should take. */
  readonly readyTimeoutMs?: number;
  /** Milliseconds a worker may take to stop before it is killed. Default: 30,000, as in .NET. */
  readonly stopTimeoutMs?: number;
  /** The wait before a crashed worker is replaced. */
  readonly backoff?: BackoffOptions;
  /**
   * Detects workers that hang: a worker that does not answer a ping in time is killed and replaced, unless its
   * inspector is open. `false` disables it. Default: the times of IIS, see `PingOptions`.
   */
  readonly ping?: PingOptions | false;
  /** Whether workers that report their connections (`worker.balance`) are told how many are too many. Default: true. */
  readonly balance?: boolean;
  /** Whether `start()` keeps trying when a worker does not become ready. Default: false, it rejects. */
  readonly retryStart?: boolean;
  /** The path of the control socket for `controlSupervisor`; only this user may open it. Default: none. */
  readonly controlPath?: string;
  /** Whether SIGTERM and SIGINT stop the supervisor (a second one at once) and SIGHUP reloads. Default: false. */
  readonly signals?: boolean;
  /**
   * Is called with each message that a worker sends with `worker.send`. An error that it throws is logged. Default: workers
   * have no pipe for messages.
   */
  readonly onMessage?: (message: unknown, worker: WorkerHandle) => void;
  /**
   * What SIGHUP and the control command `reload` do. It gets what the client sent beside the command, nothing for SIGHUP.
   * The message of an error is the answer. Default: `reload()`, which
   * replaces the workers.
   */
  readonly onReload?: (request: Readonly<Record<string, unknown>>) => unknown;
  /**
   * More commands of the control socket, by their names. Each gets what the client sent beside the command, and what it
   * returns, or the message of its error, is the answer. Default: none.
   */
  readonly commands?: Readonly<Record<string, (request: Readonly<Record<string, unknown>>) => unknown>>;
  /** Returns the answer to the control command `status`. Default: `status()`. */
  readonly onStatus?: () => unknown;
  /**
   * Whether to report states to systemd, if `NOTIFY_SOCKET` is set, and to its watchdog (`WatchdogSec=`) that every worker
   * answers. Default: false.
   */
  readonly systemd?: boolean;
  /** The log. Default: warnings and errors go to stderr. */
  readonly log?: SupervisorLogger;
}

/** Options with defaults filled in. */
export interface ResolvedOptions
  extends Required<
    Omit<
      SupervisorOptions,
      'worker' | 'controlPath' | 'backoff' | 'ping' | 'env' | 'onMessage' | 'onReload' | 'onStatus'
    >
  > {
  readonly file: string;
  readonly controlPath: string | null;
  readonly backoff: Backoff;
  /** `null`: no pings. */
  readonly ping: PingTimes | null;
  readonly onMessage: ((message: unknown, worker: WorkerHandle) => void) | null;
  readonly onReload: ((request: Readonly<Record<string, unknown>>) => unknown) | null;
  readonly onStatus: (() => unknown) | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The longest delay of a Node timer. */
const maxTimeoutMs = 2 ** 31 - 1;

/** Shorter times would mostly measure how busy the machine is. */
const minPingMs = 100;

/** Every option name, so that a misspelt one is refused. */
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
  onMessage: true,
  onReload: true,
  onStatus: true,
  commands: true,
  systemd: true,
  log: true,
} satisfies Record<keyof SupervisorOptions, true>;
const changeNames = { listen: true, workers: true, lingerMs: true } satisfies Record<keyof SupervisorChanges, true>;
const backoffNames = { initialMs: true, maxMs: true, resetMs: true } satisfies Record<keyof BackoffOptions, true>;
const pingNames = { intervalMs: true, timeoutMs: true } satisfies Record<keyof PingOptions, true>;

/** Checks what a reload changes. Throws `SUPERVISOR_OPTION_INVALID`. */
export function checkChanges(changes: SupervisorChanges): void {
  checkObject('reload()', changes, changeNames);
  const { listen, workers, lingerMs } = changes;
  if (lingerMs !== undefined) checkNumber('lingerMs', lingerMs, 0, maxTimeoutMs);
  if (workers !== undefined) checkNumber('workers', workers, 1, 1024);
  if (listen !== undefined) checkListen(listen);
}

function checkListen(listen: Readonly<Record<string, SupervisorAddress>>): void {
  if (!isObject(listen)) throw refuse('listen', 'expected an object with an address for each name', listen);
  for (const [name, address] of Object.entries(listen)) checkAddress(name, address);
}

/** Checks every option. Throws `SUPERVISOR_OPTION_INVALID`. */
export function resolveOptions(options: SupervisorOptions): ResolvedOptions {
  checkObject('createSupervisor()', options, names);
  const { backoff = {}, listen = {}, args = [], workers = availableParallelism() } = options;
  checkNumber('workers', workers, 1, 1024);
  checkListen(listen);
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
    onMessage: checkFunction('onMessage', options.onMessage),
    onReload: checkFunction('onReload', options.onReload),
    onStatus: checkFunction('onStatus', options.onStatus),
    commands: checkCommands(options.commands ?? {}),
    systemd: checkSwitch('systemd', systemd),
    log: toSafeLogger(checkMethods('log', log, ['info', 'warn', 'error'])),
  };
}

/** Matches the scheme of a URL; a single letter is a drive. */
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
    throw refuse('worker', `${expected}. ${(error as Error).message}`, worker); // for example a file URL with a host
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

/** Returns the function, or `null` if there is none. */
function checkFunction<F extends (...given: never[]) => unknown>(name: string, value: F | undefined): F | null {
  if (value === undefined || typeof value === 'function') return value ?? null;
  throw refuse(name, 'expected a function', value);
}

/** A debugger port can be used by one process only, and `--eval` code is not meant for the worker. */
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

/** Removes the systemd variables, which are meant for this process alone. */
function workerEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  if (!isObject(own)) throw refuse('env', 'expected an object with variables', own);
  for (const [name, value] of Object.entries(own))
    if (value !== undefined && typeof value !== 'string') throw refuse(`env.${name}`, 'expected a string', value);
  const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES, NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, ...inherited } =
    process.env;
  return { ...inherited, ...own };
}
