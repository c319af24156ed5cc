// A worker that serves HTTP, and misbehaves as the file in BEHAVIOUR says.
import { spawn } from 'node:child_process';
import { closeSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import inspector from 'node:inspector';
import type { Channel } from '@windhover/core';
import { createServer } from '@windhover/server';
import { joinSupervisor } from '../../src/worker.ts';

const behaviour = process.env['BEHAVIOUR'] === undefined ? '' : readFileSync(process.env['BEHAVIOUR'], 'utf8').trim();
if (behaviour === 'crash') {
  console.error('Missing DATABASE_URL');
  process.exit(3);
}
if (behaviour === 'throw') throw new TypeError('broken on purpose');

/** How long clients that pause are waited for: those of a test that gets little time pause long. */
const drainIdleMs = Number(process.env['DRAIN_IDLE_MS'] ?? 1000);

const worker = joinSupervisor();
const server = createServer(async ({ request, response }) => {
  if (request.path === '/exit') process.exit(7);
  if (request.path === '/hang') for (;;);
  if (request.path === '/busy') for (let round = 0; round < 10; round++) await block(400);
  if (request.path === '/close-inspector') inspector.close();
  if (request.path === '/flood') setInterval(flood);
  if (request.path === '/garbage') writeSync(3, `{"windhover":\n${'x'.repeat(100_000)}\n`);
  if (request.path === '/close-channel') closeSync(3);
  if (request.path === '/slow') await new Promise((resolve) => setTimeout(resolve, 300));
  // Ten processes whose parent ends first.
  if (request.path === '/orphans') spawn('sh', ['-c', 'for n in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5 & done']);
  if (request.path === '/tunnel') {
    response.status = 101;
    response.headers.set('Upgrade', 'echo');
    response.headers.set('Served-By', String(process.pid));
    response.upgrade = echo;
    return;
  }
  if (request.path === '/sleeping') response.body = String(countProcesses(' (sleep) S '));
  else if (request.path === '/misuse') response.body = misuse();
  else if (request.path === '/zombies') response.body = String(countProcesses(' Z '));
  else response.body = `${process.pid} ${worker.slot} ${worker.generation}\n`;
});
const listened = [];
for (const address of Object.values(worker.listen)) listened.push(await server.listen(address));
worker.onStop(({ timeoutMs, reason, lingerMs }) => {
  if (reason !== 'stop') console.error(`stopping: ${reason}`);
  return behaviour === 'stuck'
    ? new Promise(() => undefined)
    : server.close(
        lingerMs > 0 ? { timeoutMs: lingerMs, tunnelTimeoutMs: lingerMs, drainIdleMs } : { timeoutMs, drainIdleMs },
      );
});
worker.balance(server);
worker.onMessage((message) => worker.send({ echo: message, slot: worker.slot }));
worker.onStop(() => worker.send({ last: 'x'.repeat(1_000_000), pid: process.pid }));
if (behaviour !== 'never-ready') worker.ready();

/** The errors of balance() and onStop() for unusable arguments. */
function misuse(): string {
  const loads = [null, {}, { connections: () => 1, shed: () => undefined }, { connections: 1 }];
  const calls = [...loads.map((load) => () => worker.balance(load as never)), () => worker.onStop('later' as never)];
  const refused = calls.map((call) => {
    try {
      call();
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  });
  return [...new Set(refused)].join('\n');
}

/** Sends back what comes. */
function echo(channel: Channel): void {
  channel.attach({
    data: (chunk) => void channel.write(chunk.slice()),
    end: () => channel.end(),
    drain: () => undefined,
    close: () => undefined,
  });
}

/** Blocks for this long; then other code runs. */
function block(timeMs: number): Promise<void> {
  const end = performance.now() + timeMs;
  while (performance.now() < end);
  return new Promise((resolve) => setImmediate(resolve));
}

/** Writes as much garbage as the channel takes. */
function flood(): void {
  try {
    for (;;) writeSync(3, 'x\n{"windhover":"nonsense"}\n\0\n'.repeat(1000));
  } catch {
    // EAGAIN: it is full
  }
}

/** Counts the processes of this PID namespace with `what` in their `/proc` line. */
function countProcesses(what: string): number {
  const numbers = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  return numbers.filter((pid) => readStat(pid).includes(what)).length;
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}
