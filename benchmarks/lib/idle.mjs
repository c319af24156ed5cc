// The memory cost of idle connections, with thousands of them open and answered once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { checkAnswer } from './check-answer.mjs';
import { load, loadCore } from './load.mjs';
import { residentBytes } from './process-tree.mjs';
import { runProgram } from './programs.mjs';
import { scenarios } from './scenarios.mjs';
import { freePort, startServer } from './server-process.mjs';

const client = fileURLToPath(new URL('../clients/idle-connections.mjs', import.meta.url));
const [minimal] = scenarios;
const warmUpSeconds = 2;
const settleMs = { step: 500, most: 20_000 };

/**
 * Measures each peer alone. Returns, by its id: MB after one request, kB per connection, and how many connections were
 * refused and dropped.
 */
export async function measureIdle(peers, place, count) {
  const files = count + 500;
  const limit = ['prlimit', `--nofile=${files}:${files}`];
  await runProgram(limit[0], [limit[1], 'true']).catch((error) => {
    throw new Error(
      `${count} connections need ${files} open files, and the limit cannot be raised: ${error.stderr.trim()}`,
    );
  });
  const measures = {};
  for (const peer of peers) {
    measures[peer.id] = await measure(peer, place, count, limit).catch((error) => {
      throw new Error(`${peer.name}: ${error.message}`, { cause: error });
    });
  }
  return measures;
}

async function measure(peer, place, count, limit) {
  const port = await freePort();
  const server = await startServer(
    peer.command({ ...place, port, work: 'hello', folder: null }),
    port,
    peer.core,
    limit,
  );
  const pinned = ['taskset', '-c', String(loadCore), process.execPath, client, String(port), String(count)];
  let holder = null;
  try {
    await checkAnswer(port, minimal);
    const start = await settledBytes(server.pid);
    // Heaps and compiled code grow with the first requests, which is not a cost of a connection.
    await load(server, `http://127.0.0.1:${port}/`, minimal, [], warmUpSeconds);
    const before = await settledBytes(server.pid);
    holder = spawn(limit[0], [...limit.slice(1), ...pinned], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const { opened } = await message(holder);
    const after = await settledBytes(server.pid);
    holder.send('again');
    const { answered } = await message(holder);
    return {
      startMegabytes: start / 1e6,
      perConnectionKilobytes: (after - before) / count / 1e3,
      refused: count - opened,
      dropped: opened - answered,
    };
  } finally {
    holder?.kill('SIGKILL');
    await server.stop();
  }
}

async function message(child) {
  const stopped = new AbortController();
  const ended = once(child, 'exit', { signal: stopped.signal }).then(() => {
    throw new Error('the client that holds the connections ended early');
  });
  try {
    const [received] = await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(120_000) }), ended]);
    return received;
  } finally {
    ended.catch(() => undefined); // it is being aborted
    stopped.abort();
  }
}

/** The memory once it has stayed within 1 % for two seconds, or after the longest wait. */
async function settledBytes(pid) {
  const samples = [];
  for (let waited = 0; waited < settleMs.most; waited += settleMs.step) {
    await sleep(settleMs.step);
    samples.push(residentBytes(pid));
    const last = samples.slice(-5);
    if (last.length === 5 && Math.max(...last) < 1.01 * Math.min(...last)) break;
  }
  return samples.at(-1);
}
