import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { createMemoryFileSystem, type FileFacts } from '../src/index.ts';
import { FtpClient, readAll } from './ftp-client.ts';
import { startFtp, temporaryFolder } from './start-ftp.ts';

const entryCount = 100_000;

it('a listing of 100,000 entries is sent as it is read, and read no faster than it is taken', async () => {
  let produced = 0;
  let goOn = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const facts = (name: string, kind: FileFacts['kind']) => ({ name, kind, size: 1, modifiedMs: 0, mode: 0o644 });
  const files = {
    ...createMemoryFileSystem(),
    stat: async () => facts('many', 'folder'),
    async *list() {
      for (; produced < entryCount; produced += 1) {
        if (produced === 1000) await first; // the client has some before the last entries are known
        yield facts(`${produced}-${'x'.repeat(200)}`, 'file');
      }
    },
    read: () => Promise.reject(new Error('there are no bytes')),
  };
  const { port } = await startFtp({ root: files });
  const client = await FtpClient.logIn(port);
  const data = await client.passive();
  data.pause();
  expect(await client.code('NLST many')).toBe(150);
  await once(data, 'readable');
  goOn();
  let before = 0;
  await expect
    .poll(() => {
      const hasStopped = produced > 1000 && produced === before;
      before = produced;
      return hasStopped;
    })
    .toBe(true);
  expect(produced).toBeLessThan(entryCount); // nobody reads
  const lines = (await readAll(data.resume())).toString().trimEnd().split('\r\n');
  expect(lines).toHaveLength(entryCount);
  expect(lines.at(-1)).toMatch(/^99999-/);
  expect(await client.reply()).toMatch(/^226 /);
});

it('large transfers at the same time, some of which break off, do not mix up their bytes', async () => {
  const folder = await temporaryFolder();
  const contents = Array.from({ length: 12 }, (_, index) =>
    Buffer.alloc(9_000_000 + index * 1000, `file ${index} of twelve`),
  );
  const { port } = await startFtp({ root: folder });
  const clients = await Promise.all(contents.map(() => FtpClient.logIn(port)));
  const turn = async (client: FtpClient, index: number): Promise<void> => {
    expect(await client.upload(`STOR ${index}`, contents[index]!)).toEqual([150, 226]);
    const broken = await client.passive();
    broken.on('error', () => undefined);
    expect(await client.code(`RETR ${index}`)).toBe(150);
    await once(broken, 'data');
    broken.destroy();
    expect(await client.reply()).toMatch(/^426 /);
    const half = await client.passive();
    expect(await client.code(`STOR half${index}`)).toBe(150);
    half.on('error', () => undefined);
    await new Promise((resolve) => half.write(contents[index]!.subarray(0, 3_000_000), resolve));
    expect(await client.ask('ABOR')).toMatch(/^426 /);
    expect(await client.reply()).toMatch(/^226 /);
    const { data, codes } = await client.download(`RETR ${index}`);
    expect([codes, data.equals(contents[index]!)]).toEqual([[150, 226], true]);
  };
  for (let round = 0; round < 2; round += 1) await Promise.all(clients.map(turn));
  for (const [index, content] of contents.entries())
    expect((await readFile(join(folder, String(index)))).equals(content)).toBe(true);
});

/** Opens 200 sessions, says so, and 1,000 more when it is told to. */
const clients = `
const { connect } = require('node:net');
const logIn = () => new Promise((resolve, reject) => {
  const socket = connect(Number(process.argv[1]), '127.0.0.1');
  let text = '';
  socket.on('error', reject).on('data', (chunk) => {
    text += chunk;
    if (text.includes('\\n230 ')) resolve();
  });
  socket.write('USER ada\\r\\nPASS secret\\r\\n');
});
const open = async (count) => {
  for (let done = 0; done < count; done += 50) await Promise.all(Array.from({ length: 50 }, logIn));
  console.log(count);
};
open(200);
process.stdin.once('data', () => open(1000)).once('end', () => process.exit());
`;

it('an idle session of 1,000 takes at most 25 KB', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const most = { maxSessions: 2000, maxSessionsPerAddress: 2000, maxSessionsPerUser: 2000 };
  const { port, server } = await startFtp({ root: createMemoryFileSystem(), limits: most });
  const child = spawn(process.execPath, ['-e', clients, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  const before = memory();
  child.stdin.write('more\n');
  await once(child.stdout, 'data');
  expect(server.sessions).toHaveLength(1200);
  expect((memory() - before) / 1000).toBeLessThan(25_000);
});
