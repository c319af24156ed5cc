// `npm run bench`: every comparison in one run, printed and written to docs/reference/benchmarks.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { freePort, has, load, startServer } from './lib/measure.mjs';
import { nginxArguments } from './lib/nginx.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const browserHeaders = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'Cache-Control: max-age=0',
  'Cookie: session=5f2b7c1e9a8d4c3fb6e0a1d2c3b4a596; theme=dark; consent=yes',
  'Sec-Fetch-Mode: navigate',
  'Upgrade-Insecure-Requests: 1',
];
const lines = [];
const say = (line = '') => {
  console.log(line);
  lines.push(line);
};

for (const program of ['wrk', 'taskset']) {
  if (!(await has(program))) {
    console.error(`${program} is missing: on Debian, apt-get install wrk util-linux`);
    process.exit(1);
  }
}
const withNginx = await has('nginx');
if (!withNginx) say('nginx is not installed and missing from the tables below.\n');

say('# Benchmarks');
say();
say(
  `Node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores. Each server is pinned to one core, the load to another.`,
);
say(
  'Absolute numbers differ from machine to machine and from run to run: compare the ratios, of one run, and CPU time per request first.',
);

say('\n## Parsing a head\n');
say('```');
say(execFileSync(process.execPath, [here('parse-head.mjs')], { encoding: 'utf8' }).trim());
say('```');

say('\n## Composing\n');
const composed = (count) =>
  Number(execFileSync(process.execPath, [here('compose.mjs'), String(count)], { encoding: 'utf8' }));
const added = Math.max(0, composed(5) - composed(0));
say(`Five middlewares that only pass on add ${(added / 1000).toFixed(4)} µs to a synchronous handler.`);

const node =
  (script, ...rest) =>
  async (port) => [process.execPath, [here(`servers/${script}`), String(port), ...rest]];
const nginx = (location) => async (port) => ['nginx', nginxArguments(location(port))];
const nginxHello = (port) =>
  `server { listen 127.0.0.1:${port}; location / { default_type text/plain; return 200 "Hello, world\\n"; } }`;

const hello = [
  ['node:http', node('node-hello.mjs')],
  ['Windhover', node('windhover-hello.mjs')],
  ...(withNginx ? [['nginx', nginx(nginxHello)]] : []),
];
await compare('Hello, world: a client that sends Host only', hello);
await compare('Hello, world: the nine headers of a browser', hello, { headers: browserHeaders });

// The upstream shares the load's core, so that the proxy has its own.
const upstreamPort = await freePort();
const upstream = withNginx
  ? await startServer('nginx', nginxArguments(nginxHello(upstreamPort)), upstreamPort, 1)
  : await startServer(process.execPath, [here('servers/node-hello.mjs'), String(upstreamPort)], upstreamPort, 1);
const nginxProxy = (port) => `upstream up { server 127.0.0.1:${upstreamPort}; keepalive 64; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; } }`;
await compare(
  'A proxy in front of one upstream, nine headers',
  [
    ['node:http, piped', node('node-proxy.mjs', String(upstreamPort))],
    ['Windhover', node('windhover-proxy.mjs', String(upstreamPort))],
    ...(withNginx ? [['nginx', nginx(nginxProxy)]] : []),
  ],
  { headers: browserHeaders },
);
await upstream.stop();

writeFileSync(here('../docs/reference/benchmarks.md'), `${lines.join('\n')}\n`);

/** Loads each server in turn, several times over, and takes each one's best round: what disturbs a round only ever adds. */
async function compare(title, servers, options = {}) {
  say(`\n## ${title}\n`);
  say('| server | CPU µs/request | × the first | requests/s | RSS MB |');
  say('|---|---|---|---|---|');
  const running = [];
  for (const [name, start] of servers) {
    const port = await freePort();
    const [command, args] = await start(port);
    running.push({
      name,
      url: `http://127.0.0.1:${port}/`,
      server: await startServer(command, args, port, 0),
      rounds: [],
    });
  }
  for (let round = 0; round < 4; round++) {
    for (const { url, server, rounds } of running) rounds.push(await load(server, url, options));
  }
  let first = null;
  for (const { name, server, rounds } of running) {
    await server.stop();
    const { cpuMicros, perSecond, rssMegabytes } = rounds.reduce((a, b) => (b.cpuMicros < a.cpuMicros ? b : a));
    first ??= cpuMicros;
    const cells = [
      name,
      cpuMicros.toFixed(1),
      (cpuMicros / first).toFixed(2),
      perSecond.toFixed(0),
      rssMegabytes.toFixed(0),
    ];
    say(`| ${cells.join(' | ')} |`);
  }
}
