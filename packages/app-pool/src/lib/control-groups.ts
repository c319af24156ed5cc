import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What all processes of an instance may use together; `null`: any amount. */
export interface AppLimits {
  readonly memoryBytes: number | null;
  /** In cores: 0.5 is half of one. */
  readonly cpus: number | null;
  readonly processes: number | null;
}

/** The limits of one instance. */
export interface ControlGroup {
  /** Puts a process into it, with all that it starts. */
  add(pid: number): void;
  /** Whether the system has ended a process because of its memory. */
  readonly wasOutOfMemory: boolean;
  /** Ends what is left in it, and removes it. */
  remove(): void;
}

/** The group of the server's own processes, beside those of its applications: a group with limits has no processes itself. */
const ownName = 'windhover-server';
/** The time over which the kernel counts processor time, in microseconds: its own default. */
const periodMicros = 100_000;
/** A group whose last process has just ended is busy for a moment: how often, and after how many milliseconds, it is tried again. */
const removals = 20;
const removalMs = 50;

/** The control groups (Linux, cgroup v2) in which applications get their limits. */
export class ControlGroups {
  private readonly parent: string;

  private constructor(parent: string) {
    this.parent = parent;
  }

  /**
   * Finds the group of this process, and prepares it for groups below. Returns the reason if that cannot be done.
   *
   * @param root for tests. Default: `/`
   */
  static open(limits: AppLimits, root = '/'): ControlGroups | string {
    const parent = findParent(root);
    if (parent === null) return 'this system has no control groups of version 2';
    const needed = controllersOf(limits);
    try {
      const offered = words(join(parent, 'cgroup.controllers'));
      const missing = needed.filter((each) => !offered.includes(each));
      if (missing.length > 0)
        return `the control group ${parent} has no ${missing.join(', ')}: a service of systemd needs Delegate=yes`;
      prepare(parent, needed);
      return new ControlGroups(parent);
    } catch (error) {
      return `the control group ${parent} cannot be divided: ${(error as Error).message}`;
    }
  }

  /** Makes the group of an instance. Throws if the system refuses. */
  make(name: string, { memoryBytes, cpus, processes }: AppLimits): ControlGroup {
    const folder = join(this.parent, `windhover-app-${name}`);
    mkdirSync(folder, { recursive: true });
    const set = (file: string, value: string): void => writeFileSync(join(folder, file), value);
    if (memoryBytes !== null) {
      set('memory.max', String(memoryBytes));
      if (existsSync(join(folder, 'memory.swap.max'))) set('memory.swap.max', '0'); // otherwise it would only become slow
    }
    if (cpus !== null) set('cpu.max', `${Math.max(1000, Math.round(cpus * periodMicros))} ${periodMicros}`);
    if (processes !== null) set('pids.max', String(processes));
    return {
      add: (pid) => set('cgroup.procs', String(pid)),
      get wasOutOfMemory() {
        return /^oom_kill [1-9]/m.test(readOr(join(folder, 'memory.events'), ''));
      },
      remove: () => remove(folder, removals),
    };
  }
}

function controllersOf({ memoryBytes, cpus, processes }: AppLimits): readonly string[] {
  return [
    ...(memoryBytes === null ? [] : ['memory']),
    ...(cpus === null ? [] : ['cpu']),
    ...(processes === null ? [] : ['pids']),
  ];
}

/** The folder of the group that this process is in, or was in before `prepare`. */
function findParent(root: string): string | null {
  const own = /^0::(\/.*)$/m.exec(readOr(join(root, 'proc/self/cgroup'), ''))?.[1];
  const mount = readOr(join(root, 'proc/self/mountinfo'), '')
    .split('\n')
    .find((line) => / - cgroup2 /.test(line));
  if (own === undefined || mount === undefined) return null;
  const [, , , inside, at] = mount.split(' ') as [string, string, string, string, string];
  const path = posix.relative(inside, own);
  const folder = join(root, at, path.startsWith('..') ? '' : path);
  return posix.basename(folder) === ownName ? posix.dirname(folder) : folder;
}

/** Moves the processes of the group into one below it, and turns the controllers on for all below. */
function prepare(parent: string, needed: readonly string[]): void {
  const inUse = words(join(parent, 'cgroup.subtree_control'));
  const more = needed.filter((each) => !inUse.includes(each));
  if (more.length === 0) return;
  const own = join(parent, ownName);
  mkdirSync(own, { recursive: true });
  for (const pid of words(join(parent, 'cgroup.procs'))) writeFileSync(join(own, 'cgroup.procs'), pid);
  writeFileSync(join(parent, 'cgroup.subtree_control'), more.map((each) => `+${each}`).join(' '));
}

function remove(folder: string, triesLeft: number): void {
  const kill = join(folder, 'cgroup.kill');
  try {
    if (existsSync(kill)) writeFileSync(kill, '1');
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && triesLeft > 1)
      setTimeout(remove, removalMs, folder, triesLeft - 1).unref();
  }
}

function words(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split(/\s+/).filter(Boolean);
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
