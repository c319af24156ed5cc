import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { AppDefinition } from './app-definition.ts';
import type { ControlGroup } from './control-groups.ts';
import { appError } from './errors.ts';
import { markedProcesses, markName, signalTo } from './marked-processes.ts';
import { readLines } from './output-lines.ts';
import type { AppAddress } from './probe.ts';
import type { ProcessGuard } from './process-guard.ts';
import { findUser } from './user-ids.ts';

/** What a process is started with. */
export interface AppPlace {
  readonly address: AppAddress;
  /** Tells the processes of this instance from all others. */
  readonly mark: string;
  readonly guard: ProcessGuard;
  /** Its limits; `null`: none. */
  readonly limits: ControlGroup | null;
  readonly onLine: (line: string, pid: number) => void;
}

/** Variables that are meant for this process alone. */
const ownVariables = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];
/** How long the last output may take: a process that has left the group may keep the pipe open. */
const lastLinesMs = 250;
/** Where a program says that it is ready; the first one that is free, as in most programs that support s6. */
const readyDescriptor = 3;

/** A running instance with everything that it has started. */
export class AppProcess {
  /** Resolves with how it ended, when all its processes have been ended. */
  readonly exited: Promise<string>;
  readonly address: AppAddress;
  /** Resolves when it has said that it is ready, immediately if it is not asked to; never if it ends before. */
  readonly noticed: Promise<void>;
  private readonly child: ChildProcess;
  private readonly place: AppPlace;

  /** Throws if the user is unknown. A program that cannot be started counts as ended. */
  constructor(definition: AppDefinition, place: AppPlace) {
    this.place = place;
    this.address = place.address;
    const [program, ...args] = definition.command.map((part) => fill(part, place.address));
    this.child = spawn(program!, args, {
      cwd: definition.cwd,
      env: environmentOf(definition, place),
      detached: true, // a group of its own, so that all of it can be ended
      stdio: ['ignore', 'pipe', 'pipe', ...(definition.ready.notice ? (['pipe'] as const) : [])],
      ...userOf(definition),
    });
    this.noticed = noticeOn(this.child.stdio[readyDescriptor] as Readable | undefined);
    const { pid } = this.child;
    if (pid !== undefined) {
      place.guard.add(pid);
      place.limits?.add(pid);
      for (const stream of [this.child.stdout!, this.child.stderr!])
        readLines(stream, (line) => place.onLine(line, pid));
    }
    this.exited = this.watch();
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  /** Asks all processes of the group to end. */
  end(): void {
    if (this.child.pid !== undefined) signalTo(-this.child.pid, 'SIGTERM');
  }

  kill(): void {
    if (this.child.pid !== undefined) signalTo(-this.child.pid, 'SIGKILL');
  }

  private async watch(): Promise<string> {
    const { child, place } = this;
    const how = await new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
      child.once('error', (error) => {
        if (child.pid === undefined) resolve(`it could not be started: ${error.message}`);
      });
    });
    if (child.pid === undefined) return how;
    const isOverMemory = place.limits?.wasOutOfMemory === true;
    this.kill(); // what it has left behind
    for (const pid of await markedProcesses(place.mark)) signalTo(pid, 'SIGKILL');
    place.guard.remove(child.pid);
    place.limits?.remove();
    await Promise.all([child.stdout!, child.stderr!].map(closed));
    return isOverMemory ? `${how}, it used more memory than \`limits\` allows` : how;
  }
}

/** Resolves with the first end of a line. */
function noticeOn(stream: Readable | null | undefined): Promise<void> {
  if (stream == null) return Promise.resolve();
  return new Promise((resolve) => {
    stream.on('error', () => undefined); // the program has ended, which `exited` tells
    stream.on('data', (bytes: Buffer) => {
      if (bytes.includes(0x0a)) resolve(); // what follows is read and dropped, so that no program waits
    });
  });
}

/** Waits for the last lines, but not for ever. */
function closed(stream: NonNullable<ChildProcess['stdout']>): Promise<void> {
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => stream.destroy(), lastLinesMs);
    stream.once('close', () => {
      clearTimeout(late);
      resolve();
    });
  });
}

function fill(part: string, address: AppAddress): string {
  const [name, value] = 'port' in address ? ['{port}', String(address.port)] : ['{socket}', address.socket];
  return part.replaceAll(name, value);
}

function environmentOf(
  { name, env, user, group, ready }: AppDefinition,
  { address, mark }: AppPlace,
): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !ownVariables.includes(key)));
  const where =
    'port' in address
      ? { PORT: String(address.port), HOST: '127.0.0.1' }
      : { PORT: address.socket, WINDHOVER_SOCKET: address.socket }; // Node listens on a path as on a port
  const ids = user === null && group === null ? null : findUser(user, group);
  const home = ids === null || typeof ids === 'string' || ids.home === null ? {} : { HOME: ids.home, USER: user! };
  const notice = ready.notice ? { WINDHOVER_READY_FD: String(readyDescriptor) } : {};
  const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value, address)]));
  return { ...inherited, ...home, ...where, ...own, ...notice, WINDHOVER_APP: name, [markName]: mark };
}

function userOf({ user, group }: AppDefinition): { uid?: number; gid?: number } {
  if (user === null && group === null) return {};
  const ids = findUser(user, group);
  if (typeof ids === 'string') throw appError('APP_OPTION_INVALID', ids); // never as the user of the server
  return { uid: ids.uid, gid: ids.gid };
}
