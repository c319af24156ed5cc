// `node benchmarks/ftp.mjs [ROUNDS]`: one file of 1 GB down and up on our server of FTP beside vsftpd, in turn: bytes for each second of CPU time; memory
// of 1,000 idle sessions; a listing of 100,000 entries. Needs a build, and vsftpd, curl and root (vsftpd leaves it).
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './lib/interleaved.mjs';

const rounds = Number(process.argv[2] ?? 3);
const bytes = 1e9;
const folder = mkdtempSync('/dev/shm/ftp-bench-'); // without a disk, which would be measured instead
chmodSync(folder, 0o755);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'root/up'), { recursive: true });
chmodSync(join(folder, 'root/up'), 0o777);
execFileSync('truncate', ['-s', String(bytes), join(folder, 'root/large')]);
execFileSync('dd', ['if=/dev/urandom', `of=${join(folder, 'root/large')}`, 'bs=1M', 'count=954', 'status=none']);

const ours = await start(fileURLToPath(new URL('./servers/ftp-windhover.mjs', import.meta.url)), join(folder, 'root'));
const theirs = await startVsftpd();
const servers = [
  { name: 'windhover', port: Number(new URL(ours.url).port), pid: ours.child.pid, down: [], up: [] },
  { name: 'vsftpd', port: theirs.port, pid: theirs.child.pid, down: [], up: [] },
];
process.on('exit', () => {
  for (const { pid } of servers) process.kill(pid);
});

const before = memory(servers[0].pid, 'VmRSS');
for (let round = 0; round < rounds; round++) {
  for (const server of servers) {
    const url = `ftp://127.0.0.1:${server.port}`;
    server.down.push(await costOf(server.pid, ['-s', '-o', '/dev/null', `${url}/large`]));
    server.up.push(await costOf(server.pid, ['-s', '-T', join(folder, 'root/large'), `${url}/up/${server.name}`]));
    rmSync(join(folder, 'root/up', server.name));
  }
}
for (const way of ['down', 'up']) {
  const [mine, other] = servers.map((server) => Math.min(...server[way]));
  const rate = (cost) => `${(1 / cost).toFixed(2)} GB per CPU second`;
  console.log(`1 GB ${way}: ${rate(mine)}, vsftpd ${rate(other)}: ${(other / mine).toFixed(2)}`);
}
console.log(
  `memory beyond that of the start, at most: ${((memory(servers[0].pid, 'VmHWM') - before) / 2 ** 20).toFixed(1)} MiB`,
);
await listing(servers[0]);
await idle(servers[0]);
process.exit();

/** Seconds of CPU of the server for what curl does. */
async function costOf(pid, args) {
  const begun = seconds(pid);
  execFileSync('curl', args);
  await withoutChildren(pid);
  return seconds(pid) - begun;
}

/** vsftpd counts a session when its process has ended. */
async function withoutChildren(pid) {
  while (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') !== '')
    await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 50)); // the other one ends its session
}

/** Of a process and those of its children that have ended. */
function seconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.slice(11, 15).reduce((total, ticks) => total + Number(ticks), 0) / 100;
}

function memory(pid, name) {
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

/** How soon a listing begins, and what memory it takes. */
async function listing({ port, pid }) {
  const rss = memory(pid, 'VmHWM');
  const said = execFileSync(
    'curl',
    ['-s', '-w', '%{stderr}%{time_starttransfer} %{time_total}', '-o', '/dev/null', `ftp://127.0.0.1:${port}/many/`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  );
  void said;
  const times = execFileSync(
    'curl',
    [
      '-s',
      '-w',
      '%{time_starttransfer} %{time_total} %{size_download}',
      '-o',
      '/dev/null',
      `ftp://127.0.0.1:${port}/many/`,
    ],
    { encoding: 'utf8' },
  );
  const [first, total, size] = times.split(' ').map(Number);
  const grown = (memory(pid, 'VmHWM') - rss) / 2 ** 20;
  console.log(
    `100,000 entries (${(size / 1e6).toFixed(1)} MB): first bytes after ${(first * 1000).toFixed(0)} ms of ${(total * 1000).toFixed(0)} ms, memory ${grown.toFixed(1)} MiB more`,
  );
}

/** Memory of sessions that have logged in and wait. */
async function idle({ port, pid }) {
  const open = (count) => Promise.all(Array.from({ length: count }, () => logIn(port)));
  const first = await open(200); // what the first ones warm up is not theirs
  const rss = memory(pid, 'VmRSS');
  const sockets = await open(1000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(`an idle session of 1,000: ${((memory(pid, 'VmRSS') - rss) / 1000 / 1024).toFixed(1)} KiB`);
  for (const socket of [...first, ...sockets]) socket.destroy();
}

function logIn(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('error', reject).on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n230 ')) resolve(socket);
    });
    socket.write('USER anonymous\r\nPASS x\r\n');
  });
}

async function startVsftpd() {
  const port = await freePort();
  const config = join(folder, 'vsftpd.conf');
  const settings = {
    ...{ listen: 'YES', listen_address: '127.0.0.1', listen_port: port, background: 'NO', anonymous_enable: 'YES' },
    ...{ anon_root: join(folder, 'root'), write_enable: 'YES', anon_upload_enable: 'YES', no_anon_password: 'YES' },
    ...{
      secure_chroot_dir: join(folder, 'empty'),
      xferlog_enable: 'NO',
      seccomp_sandbox: 'NO',
      one_process_model: 'YES',
      anon_umask: '022',
    },
  };
  mkdirSync(join(folder, 'empty'));
  writeFileSync(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const child = spawn('vsftpd', [config], { stdio: 'inherit' });
  for (let isUp = false; !isUp; )
    isUp = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('data', () => resolve(true) || socket.destroy()).once('error', () => setTimeout(resolve, 50, false));
    });
  return { child, port };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
