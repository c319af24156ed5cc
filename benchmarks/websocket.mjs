// `node benchmarks/websocket.mjs [ROUNDS]`: WebSocket on our server beside `ws`, in turn: CPU time of the server for an echo of 125 bytes, of 16 KB and of
// 4 KB of JSON with compression, memory of an idle connection, CPU time of a broadcast of 1 KB. Needs a build.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { start } from './lib/interleaved.mjs';
import { cpuMicros } from './lib/process-tree.mjs';

const rounds = Number(process.argv[2] ?? 5);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const client = at('./clients/websocket.mjs');
const ours = at('./servers/websocket-windhover.mjs');
const theirs = at('./servers/websocket-ws.mjs');

const plain = [{}, { perMessageDeflate: false }];
const cases = [
  ['echo of 125 bytes, 64 connections', plain, ['echo', 64, 125, 2000]],
  ['echo of 16 KB, 64 connections', plain, ['echo', 64, 16_000, 2000]],
  [
    'echo of 4 KB of JSON, compressed message by message',
    [
      { deflate: { level: 3 } },
      {
        perMessageDeflate: {
          serverNoContextTakeover: true,
          clientNoContextTakeover: true,
          zlibDeflateOptions: { level: 3 },
        },
      },
    ],
    ['echo', 16, 4000, 2000, 'deflate'],
  ],
  [
    'echo of 4 KB of JSON, compressed with context',
    [{ deflate: { keepContext: true, level: 3 } }, { perMessageDeflate: { zlibDeflateOptions: { level: 3 } } }],
    ['echo', 16, 4000, 2000, 'deflate'],
  ],
  ['broadcast of 1 KB to 5,000', plain, ['broadcast', 5000, 20]],
];

for (const [name, options, load] of cases) {
  const servers = [await start(ours, JSON.stringify(options[0])), await start(theirs, JSON.stringify(options[1]))];
  const costs = servers.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const [mode, ...others] = load;
      const before = cpuMicros(server.child.pid);
      const said = execFileSync(process.execPath, [client, mode, new URL(server.url).port, ...others.map(String)], {
        encoding: 'utf8',
      });
      if (round >= 0) costs[index].push((cpuMicros(server.child.pid) - before) / Number(said));
    }
  }
  const [mine, other] = costs.map((list) => list.toSorted((a, b) => a - b));
  const middle = Math.floor(rounds / 2);
  const ratio = `${(mine[0] / other[0]).toFixed(2)} by the least, ${(mine[middle] / other[middle]).toFixed(2)} by the median`;
  console.log(`${name.padEnd(54)}${mine[0].toFixed(1)} µs, ws ${other[0].toFixed(1)} µs: ${ratio}`);
  for (const { child } of servers) child.kill();
}

const idle = [];
for (const [program, options] of [
  [ours, '{}'],
  [theirs, '{"perMessageDeflate":false}'],
]) {
  const server = await start(program, options);
  const before = residentBytes(server.child.pid);
  const holders = [];
  for (let part = 0; part < 2; part++) {
    const holder = spawn(process.execPath, [client, 'hold', new URL(server.url).port, '5000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    holders.push(holder);
  }
  idle.push((residentBytes(server.child.pid) - before) / 10_000);
  for (const { kill } of holders.map((child) => ({ kill: () => child.kill() }))) kill();
  server.child.kill();
}
console.log(
  `${'an idle connection of 10,000'.padEnd(54)}${(idle[0] / 1024).toFixed(1)} KiB, ws ${(idle[1] / 1024).toFixed(1)} KiB: ${(idle[0] / idle[1]).toFixed(2)}`,
);

function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
