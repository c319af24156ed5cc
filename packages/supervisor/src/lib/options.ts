import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Backoff, BackoffOptions } from './backoff.ts';
import { canReusePort } from './bind-handle.ts';
import { SupervisorError } from './errors.ts';
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
  checkNames('', options, names);
  const { backoff = {}, listen = {}, args = [], workers = availableParallelism() } = options;
  checkNames('backoff.', backoff, backoffNames);
  checkNumber('workers', workers, 1, 1024);
  for (const [name, address] of Object.entries(listen)) checkAddress(name, address);
  const { socketPerWorker = canReusePort(), controlPath = null } = options;
  if (socketPerWorker && !canReusePort()) {
    throw refuse('socketPerWorker', 'true needs Linux and Node 22.12 or newer', true);
  }
  if (controlPath !== null && (typeof controlPath !== 'string' || controlPath === '')) {
    throw refuse('controlPath', 'expected a path', controlPath);
  }
  return {
    file: toFile(options.worker),
    args: checkTexts('args', args),
    execArgv: checkTexts('execArgv', options.execArgv ?? usefulExecArgv(process.execArgv)),
    env: workerEnvironment(options.env ?? {}),
    workers,
    listen,
    socketPerWorker,
    readyTimeoutMs: checkNumber('readyTimeoutMs', options.readyTimeoutMs ?? 30_000, 1, maxTimeoutMs),
    stopTimeoutMs: checkNumber('stopTimeoutMs', options.stopTimeoutMs ?? 30_000, 1, maxTimeoutMs),
    backoff: {
      initialMs: checkNumber('backoff.initialMs', backoff.initialMs ?? 200, 1, maxTimeoutMs),
      maxMs: checkNumber('backoff.maxMs', backoff.maxMs ?? 30_000, 1, maxTimeoutMs),
      resetMs: checkNumber('backoff.resetMs', backoff.resetMs ?? 10_000, 0, maxTimeoutMs),
    },
    ping: toPing(options.ping),
    balance: checkSwitch('balance', options.balance ?? true),
    retryStart: checkSwitch('retryStart', options.retryStart ?? false),
    controlPath,
    signals: checkSwitch('signals', options.signals ?? false),
    systemd: checkSwitch('systemd', options.systemd ?? false),
    log: toSafeLogger(options.log ?? consoleLogger),
  };
}

function toFile(worker: URL | string): string {
  if (worker instanceof URL && worker.protocol === 'file:') return fileURLToPath(worker);
  if (typeof worker === 'string' && worker !== '') return worker.startsWith('file:') ? fileURLToPath(worker) : worker;
  throw refuse('worker', 'expected a file: URL or a path', worker);
}

function toPing(ping: PingOptions | false = {}): PingTimes | null {
  if (ping === false) return null;
  if (typeof ping !== 'object' || ping === null)
    throw refuse('ping', 'expected { intervalMs?, timeoutMs? } or false', ping);
  checkNames('ping.', ping, pingNames);
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
  const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES, NOTIFY_SOCKET, ...inherited } = process.env;
  return { ...inherited, ...own };
}

function checkNames(prefix: string, options: object, known: object): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined)
    throw refuse(`${prefix}${unknown}`, `there is no such option, but ${Object.keys(known).join(', ')}`);
}

function checkNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw refuse(name, `expected a whole number from ${min} to ${max}`, value);
}

function checkSwitch(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw refuse(name, 'expected true or false', value);
}

function checkTexts(name: string, value: readonly string[]): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw refuse(name, 'expected a list of strings', value);
}

function refuse(name: string, what: string, got?: unknown): SupervisorError {
  const end = got === undefined ? '' : `, got ${JSON.stringify(got)}`;
  return new SupervisorError('SUPERVISOR_OPTION_INVALID', `${name}: ${what}${end}`);
}
