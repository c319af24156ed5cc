// `node benchmarks/cache.mjs [ROUNDS]`: a hit of 4 KB beside our own answer with the same fields, nginx proxy_cache, and Varnish if it is installed; a miss beside the proxy alone. CPU time of all
// processes, in rounds that take turns; the least counts, because a shared machine only ever adds. Needs wrk, nginx and a build.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start } from './lib/interleaved.mjs';
import { cpuMicros } from './lib/process-tree.mjs';
import { browserHeaders } from './lib/scenarios.mjs';

const run = promisify(execFile);
const rounds = Number(process.argv[2] ?? 6);
const folder = mkdtempSync(join(tmpdir(), 'cache-'));
const program = fileURLToPath(new URL('./servers/cache.mjs', import.meta.url));

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startNginx(upstream) {
  const port = await freePort();
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr error; ${user}
     events { worker_connections 1024; }
     http { access_log off; keepalive_requests 1000000000; ${paths.join(' ')}
     proxy_cache_path ${folder}/cache keys_zone=one:10m; sendfile on; tcp_nopush on; open_file_cache max=1000;
     server { listen 127.0.0.1:${port}; location / { proxy_pass ${upstream}; proxy_cache one; add_header X-Cache $upstream_cache_status; } } }`,
  );
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.headers.get('x-cache') === 'HIT') return { child, url };
    await wait(50);
  }
}

/** `null`: Varnish is not installed. */
async function startVarnish(upstream) {
  const port = await freePort();
  const args = ['-j', 'none', '-F', '-n', join(folder, 'varnish'), '-s', 'malloc,64m', '-t', '3600'];
  const child = spawn('varnishd', [...args, '-a', `127.0.0.1:${port}`, '-b', new URL(upstream).host], {
    stdio: 'ignore',
  });
  let isMissing = false;
  child.once('error', () => {
    isMissing = true;
  });
  const url = `http://127.0.0.1:${port}`;
  while (!isMissing) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.headers.get('x-varnish')?.includes(' ')) return { child, url }; // a hit names two requests
    await wait(50);
  }
  return null;
}

const hello = await start(program, 'hello');
const servers = { hello, cache: await start(program, 'cache'), nginx: await startNginx(hello.url) };
for (const name of ['proxy', 'cached-proxy']) servers[name] = await start(program, name, hello.url);
const varnish = await startVarnish(hello.url);
if (varnish !== null) servers.varnish = varnish;
for (const { child } of Object.values(servers)) await run('taskset', ['-acp', '0', String(child.pid)]);
for (const name of ['nginx', 'varnish'].filter((each) => servers[each] !== undefined)) {
  const { stdout: workers } = await run('pgrep', ['-P', String(servers[name].child.pid)]);
  for (const pid of workers.split('\n').filter((line) => line !== '')) await run('taskset', ['-acp', '0', pid]);
}

async function measure({ child, url }, options) {
  const before = cpuMicros(child.pid);
  const { stdout } = await run('taskset', ['-c', '1', 'wrk', '-t1', '-c64', '-d2s', ...options, url]);
  const failed = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(stdout)?.[0];
  if (failed !== undefined) throw new Error(`${url}: ${failed}`);
  return (cpuMicros(child.pid) - before) / Number(/(\d+) requests in/.exec(stdout)[1]);
}

const script = join(folder, 'miss.lua');
writeFileSync(
  script,
  'math.randomseed(os.time() * 1000 + os.clock() * 1000000)\nlocal n = math.random(1000000000) * 1000\nfunction request() n = n + 1 return wrk.format("GET", "/" .. n) end\n',
);
const fields = browserHeaders.flatMap((header) => ['-H', header]);
const others = varnish === null ? ['hello', 'nginx'] : ['hello', 'nginx', 'varnish'];
const scenarios = [
  ['A hit of 4 KB, a client that sends Host only', [...others, 'cache'], []],
  ["A hit of 4 KB, a browser's headers", [...others, 'cache'], fields],
  ['A miss of 4 KB', ['proxy', 'cached-proxy'], ['-s', script]],
];
for (const [title, names, options] of scenarios) {
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const name of names) {
      const cost = await measure(servers[name], options);
      if (round > 0) costs[name].push(cost); // the first one warms up
    }
  const least = (name) => Math.min(...costs[name]);
  const last = names.at(-1);
  console.log(`\n${title}, 64 connections: µs of CPU per request`);
  for (const name of names) {
    const ratio = name === last ? '' : `   ${last} is ${(least(last) / least(name)).toFixed(2)} of it`;
    console.log(`  ${name.padEnd(13)}${least(name).toFixed(1).padStart(8)}${ratio}`);
  }
}
for (const { child } of Object.values(servers)) child.kill();
await wait(300); // nginx removes its pid file
rmSync(folder, { recursive: true });
