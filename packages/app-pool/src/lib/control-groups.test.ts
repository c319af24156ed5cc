import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AppLimits, ControlGroups } from './control-groups.ts';

const all: AppLimits = { memoryBytes: 1024 ** 3, cpus: 1.5, processes: 50 };

/** A folder like `/`, in which this process is in the group `/system.slice/windhover.service`. */
function system(group = '/system.slice/windhover.service', controllers = 'cpuset cpu io memory pids') {
  const root = mkdtempSync(join(tmpdir(), 'cgroup-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (file: string, text: string): void => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const own = `sys/fs/cgroup${group === '/' ? '' : group}`;
  write('proc/self/cgroup', `0::${group}\n`);
  write('proc/self/mountinfo', '30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n');
  write(`${own}/cgroup.controllers`, `${controllers}\n`);
  write(`${own}/cgroup.subtree_control`, '\n');
  write(`${own}/cgroup.procs`, '10\n11\n');
  const read = (file: string): string => readFileSync(join(root, own, file), 'utf8');
  return { root, write, read, list: () => readdirSync(join(root, own)).filter((name) => !name.includes('.')), own };
}

describe('ControlGroups', () => {
  it('moves the server into a group below, and turns on what the limits need', () => {
    const { root, read, list } = system();
    expect(ControlGroups.open(all, root)).toBeInstanceOf(ControlGroups);
    expect(list()).toEqual(['windhover-server']);
    expect(read('windhover-server/cgroup.procs')).toBe('11'); // a file keeps the last one only
    expect(read('cgroup.subtree_control')).toBe('+memory +cpu +pids');
  });

  it('sets the limits of an instance, puts it in, and removes its group', () => {
    const { root, read, list, write, own } = system();
    const groups = ControlGroups.open(all, root) as ControlGroups;
    const group = groups.make('shop-1', all);
    group.add(123);
    expect(read('windhover-app-shop-1/memory.max')).toBe('1073741824');
    expect(read('windhover-app-shop-1/cpu.max')).toBe('150000 100000');
    expect(read('windhover-app-shop-1/pids.max')).toBe('50');
    expect(read('windhover-app-shop-1/cgroup.procs')).toBe('123');
    expect(group.wasOutOfMemory).toBe(false);
    write(`${own}/windhover-app-shop-1/memory.events`, 'low 0\noom 1\noom_kill 1\n');
    expect(group.wasOutOfMemory).toBe(true);
    const empty = groups.make('blog-1', { memoryBytes: null, cpus: null, processes: null });
    empty.remove();
    expect(list()).toEqual(['windhover-app-shop-1', 'windhover-server']);
  });

  it('finds the parent again after a restart inside of it', () => {
    const { root, write, own } = system('/a.service');
    write('proc/self/cgroup', '0::/a.service/windhover-server\n');
    write(`${own}/cgroup.subtree_control`, 'cpu memory pids\n');
    const groups = ControlGroups.open(all, root) as ControlGroups;
    groups.make('x', all);
    expect(readFileSync(join(root, own, 'windhover-app-x/pids.max'), 'utf8')).toBe('50');
  });

  it.each([
    [
      'without version 2',
      (root: string) => rmSync(join(root, 'proc/self/mountinfo')),
      'this system has no control groups',
    ],
    [
      'without a controller',
      (root: string) =>
        writeFileSync(join(root, 'sys/fs/cgroup/system.slice/windhover.service/cgroup.controllers'), 'cpu\n'),
      'has no memory, pids: a service of systemd needs Delegate=yes',
    ],
    [
      'where nothing can be written',
      (root: string) => {
        rmSync(join(root, 'sys/fs/cgroup/system.slice/windhover.service/cgroup.procs'));
        mkdirSync(join(root, 'sys/fs/cgroup/system.slice/windhover.service/cgroup.procs'));
      },
      'cannot be divided: EISDIR',
    ],
  ])('says why it cannot be done %s', (_what, spoil, why) => {
    const { root } = system();
    spoil(root);
    expect(ControlGroups.open(all, root)).toContain(why);
  });
});
