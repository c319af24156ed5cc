// One server pinned to one core, the load to another; what counts is the server's CPU time per request.
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ticksPerSecond = 100; // USER_HZ, the same on every Linux

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts a server on a core and waits until its port answers. */
export async function startServer(command, args, port, core) {
  const child = spawn('taskset', ['-c', String(core), command, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const deadline = Date.now() + 10_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${command} ${args.join(' ')} ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`${command} ${args.join(' ')} does not listen on ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pid: child.pid,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

/** Warms up, then loads a URL with wrk: CPU µs per request (user and system, children included), requests per second, memory. */
export async function load(server, url, { seconds = 3, connections = 32, headers = [], script = null } = {}) {
  const args = [
    '-t1',
    `-c${connections}`,
    ...headers.flatMap((header) => ['-H', header]),
    ...(script === null ? [] : ['-s', script]),
  ];
  await run('taskset', ['-c', '1', 'wrk', ...args, '-d1s', url]);
  const before = cpuTicks(server.pid);
  const { stdout } = await run('taskset', ['-c', '1', 'wrk', ...args, `-d${seconds}s`, url]);
  const ticks = cpuTicks(server.pid) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const failures = /Non-2xx.*: (\d+)/.exec(stdout)?.[1] ?? '0';
  const socketErrors = /Socket errors: (.*)/.exec(stdout)?.[1];
  if (failures !== '0' || socketErrors !== undefined) throw new Error(`${url}: ${failures} failures, ${socketErrors}`);
  return {
    cpuMicros: (ticks / ticksPerSecond / requests) * 1e6,
    perSecond: requests / seconds,
    rssMegabytes: residentBytes(server.pid) / 1e6,
  };
}

/** The process and its children: nginx answers from workers. */
function family(pid) {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => stat(name)?.parent === pid)
    .map(Number);
  return [pid, ...children];
}

function cpuTicks(pid) {
  return family(pid).reduce((sum, member) => sum + (stat(member)?.ticks ?? 0), 0);
}

function residentBytes(pid) {
  return family(pid).reduce((sum, member) => sum + (stat(member)?.residentPages ?? 0) * 4096, 0);
}

function stat(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return {
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
      residentPages: Number(fields[21]),
    };
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null; // it ended meanwhile
    throw error;
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Whether a program is on this machine. */
export async function has(program) {
  return run('which', [program]).then(
    () => true,
    () => false,
  );
}
