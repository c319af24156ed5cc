// `node benchmarks/http2.mjs [ROUNDS]`: CPU time per request over HTTP/2, beside nginx and a bare handler of node:http2, in turn. Counts every answer. Needs
// h2load, nginx and a build.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './lib/interleaved.mjs';
import { cpuMicros } from './lib/process-tree.mjs';

const rounds = Number(process.argv[2] ?? 3);
const program = fileURLToPath(new URL('./servers/http2.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'http2-'));
writeFileSync(join(folder, 'big'), Buffer.alloc(2 ** 20, 'x'));
execFileSync(
  'openssl',
  `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${folder}/key.pem -out ${folder}/certificate.pem -subj /CN=localhost -days 2`.split(
    ' ',
  ),
  { stdio: 'ignore' },
);

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startNginx(isSecure) {
  const port = await freePort();
  const own = mkdtempSync(join(folder, 'nginx-'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${own}/${name};`);
  const tls = isSecure ? `ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem;` : '';
  writeFileSync(
    `${own}/nginx.conf`,
    `daemon off; worker_processes 1; pid ${own}/pid; error_log stderr error; ${process.getuid() === 0 ? 'user root;' : ''}
     events { worker_connections 1000; }
     http { access_log off; keepalive_requests 1000000000; sendfile on; ${paths.join(' ')}
     server { listen 127.0.0.1:${port} http2${isSecure ? ' ssl' : ''}; ${tls}
     location / { default_type "text/plain; charset=utf-8"; return 200 "Hello, world\\n"; } location /big { root ${folder}; } } }`,
  );
  const child = spawn('nginx', ['-c', `${own}/nginx.conf`, '-p', own], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return { child, url: `http://127.0.0.1:${port}` };
}

const browser = [
  'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
  'accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-language: en-US,en;q=0.9',
  'accept-encoding: gzip, deflate, br, zstd',
  'cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark',
  'referer: https://shop.example.com/products',
  'sec-fetch-mode: navigate',
  'sec-fetch-site: same-origin',
  'upgrade-insecure-requests: 1',
].flatMap((field) => ['-H', field]);

const loads = [
  { name: '1 x 100', args: ['-c1', '-m100', '-n100000'] },
  { name: '64 x 10', args: ['-c64', '-m10', '-n100000'] },
  { name: '64 x 10, a browser', args: ['-c64', '-m10', '-n100000', ...browser] },
  { name: '64 x 1', args: ['-c64', '-m1', '-n50000'] },
  { name: '1 MiB, 8 x 4', args: ['-c8', '-m4', '-n1000'], path: '/big' },
  { name: 'TLS, 1 x 100', args: ['-c1', '-m100', '-n100000'], isSecure: true },
  { name: 'TLS, 64 x 10', args: ['-c64', '-m10', '-n100000'], isSecure: true },
];

function measure({ child, url }, { args, path = '/', isSecure = false }) {
  const before = cpuMicros(child.pid);
  const target = isSecure ? url.replace('http:', 'https:') : url;
  const said = execFileSync('h2load', [...args, `${target}${path}`], { encoding: 'utf8' });
  const [, total, succeeded] = /requests: (\d+) total.* (\d+) succeeded/.exec(said);
  if (total !== succeeded) throw new Error(`${url}: ${succeeded} of ${total} were answered`);
  return (cpuMicros(child.pid) - before) / Number(total);
}

for (const isSecure of [false, true]) {
  const more = isSecure ? [folder] : [];
  const servers = {
    ours: await start(program, 'ours', ...more),
    nginx: await startNginx(isSecure),
    'node:http2': await start(program, 'node', ...more),
  };
  for (const load of loads.filter((each) => (each.isSecure ?? false) === isSecure)) {
    const least = Object.fromEntries(Object.keys(servers).map((name) => [name, Number.POSITIVE_INFINITY]));
    for (let round = 0; round <= rounds; round++) {
      for (const [name, server] of Object.entries(servers)) {
        const cost = measure(server, load);
        if (round > 0) least[name] = Math.min(least[name], cost); // the first one warms up
      }
    }
    const shown = Object.entries(least).map(([name, cost]) => `${name} ${cost.toFixed(1)} µs`);
    const ratios = `${(least.ours / least.nginx).toFixed(2)} × nginx, ${(least.ours / least['node:http2']).toFixed(2)} × node:http2`;
    console.log(`${load.name.padEnd(20)} ${shown.join(', ')}: ${ratios}`);
  }
  for (const { child } of Object.values(servers)) child.kill();
}
rmSync(folder, { recursive: true });
