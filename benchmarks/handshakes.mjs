// `node benchmarks/handshakes.mjs [ROUNDS]`: CPU time of a server for a TLS 1.3 connection with one request, with a new session and with a resumed one, beside
// nginx and node:https, in turn. Every answer is looked at. Then how many of them a server that is saturated makes in a second, asked by more
// programs of `openssl s_time` than it can serve at a time. Needs openssl, nginx and a build.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start } from './lib/interleaved.mjs';
import { cpuMicros } from './lib/process-tree.mjs';

const rounds = Number(process.argv[2] ?? 3);
const connections = 2000;
const atATime = 16;
/** How many programs ask a server at a time to saturate it. */
const clients = 8;
const kinds = [
  ['a new session', false],
  ['a resumed session', true],
];
const program = fileURLToPath(new URL('./servers/handshakes.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'handshakes-'));
const certificate = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${folder}/key.pem -out ${folder}/certificate.pem -subj /CN=localhost -days 2`;
execFileSync('openssl', certificate.split(' '), { stdio: 'ignore' });

async function startNginx() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(
    `${folder}/nginx.conf`,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr error; ${user} events { worker_connections 1000; }
     http { access_log off; ${paths.join(' ')} server { listen 127.0.0.1:${port} ssl; ssl_protocols TLSv1.2 TLSv1.3;
     ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem;
     location / { default_type "text/plain; charset=utf-8"; return 200 "Hello, world\\n"; } } }`,
  );
  const child = spawn('nginx', ['-c', `${folder}/nginx.conf`, '-p', folder], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return { child, url: `http://127.0.0.1:${port}` };
}

/** Connects, asks once, and returns the session for the next time. */
function visit(port, session) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1.3' };
    const socket = tls.connect(session === undefined ? options : { ...options, session });
    let ticket;
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('session', (latest) => (ticket = latest));
    socket.on('data', (part) => (answer += part));
    socket.on('error', reject);
    socket.on('end', () => {
      if (!/^HTTP\/1\.1 200[\s\S]*Hello, world\n/.test(answer)) reject(new Error(`It answered ${answer}`));
      else if (session !== undefined && !socket.isSessionReused()) reject(new Error('A session was not resumed'));
      else resolve(ticket);
    });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  });
}

async function measure({ child, url }, isResumed) {
  const port = Number(new URL(url).port);
  const session = isResumed ? await visit(port) : undefined;
  const before = cpuMicros(child.pid);
  let left = connections;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      await visit(port, session);
    }
  };
  await Promise.all(Array.from({ length: atATime }, client));
  return (cpuMicros(child.pid) - before) / connections;
}

const servers = {
  ours: await start(program, 'ours', folder),
  'node:https': await start(program, 'node', folder),
  nginx: await startNginx(),
};
for (const [title, isResumed] of kinds) {
  const least = Object.fromEntries(Object.keys(servers).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, server] of Object.entries(servers)) {
      const cost = await measure(server, isResumed);
      if (round > 0) least[name] = Math.min(least[name], cost); // the first one warms up
    }
  }
  const shown = Object.entries(least).map(([name, cost]) => `${name} ${cost.toFixed(0)} µs`);
  const ratios = `${(least.ours / least['node:https']).toFixed(2)} × node:https, ${(least.ours / least.nginx).toFixed(2)} × nginx`;
  console.log(`${title.padEnd(20)} ${shown.join(', ')}: ${ratios}`);
}

/** Connections per second, and how busy the server was: 1 is a whole processor. */
async function saturate({ child, url }, isResumed) {
  const options = ['-connect', new URL(url).host, isResumed ? '-reuse' : '-new', '-time', '2', '-www', '/', '-tls1_3'];
  const client = () => promisify(execFile)('openssl', ['s_time', ...options]);
  const before = cpuMicros(child.pid);
  const startedAt = performance.now();
  const said = await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - startedAt) / 1e3;
  let connections = 0;
  for (const { stdout } of said) {
    const count = Number(/(\d+) connections in \d+ real seconds/.exec(stdout)[1]);
    // It writes a letter for each connection: r if its session was resumed.
    const resumed = stdout.slice(stdout.indexOf('Now timing')).match(/^r+(?=\n)/m)?.[0].length ?? 0;
    if (isResumed && resumed < count) throw new Error(`${count - resumed} of ${count} sessions were not resumed`);
    connections += count;
  }
  return { rate: connections / seconds, busy: (cpuMicros(child.pid) - before) / 1e6 / seconds };
}

for (const [title, isResumed] of kinds) {
  const measured = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, server] of Object.entries(servers)) measured[name].push(await saturate(server, isResumed));
  const medianOf = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
  const shown = Object.entries(measured).map(([name, runs]) => {
    const [rate, busy] = ['rate', 'busy'].map((key) => medianOf(runs.map((run) => run[key])));
    return `${name} ${rate.toFixed(0)} (${(busy * 100).toFixed(0)} % of a processor)`;
  });
  const ratiosTo = (name) => measured.ours.map(({ rate }, round) => rate / measured[name][round].rate);
  const ratios = ['node:https', 'nginx'].map((name) => {
    const all = ratiosTo(name).map((ratio) => ratio.toFixed(2));
    return `${medianOf(ratiosTo(name)).toFixed(2)} × ${name} (${all.join(' ')})`;
  });
  console.log(`${title.padEnd(20)} a second: ${shown.join(', ')}: ${ratios.join(', ')}`);
}
for (const { child } of Object.values(servers)) child.kill();
rmSync(folder, { recursive: true });
