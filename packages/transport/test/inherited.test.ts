import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { listen } from '../src/index.ts';
import { bundleProgram, Child, type Program } from './child-process.ts';

/** Listens on descriptor 3, or on those of `LISTEN_FDS`, and tells each client about itself. */
const source = `
import { inheritedDescriptors, listen } from './src/index.ts';
const [given = { fd: 3, name: 'none' }] = inheritedDescriptors();
const listener = await listen({ fd: given.fd }, (connection) => {
  connection.write(JSON.stringify({ name: given.name, transport: connection.info.transport, remote: connection.info.remoteAddress }));
  connection.end();
  connection.onClosed(() => void listener.close().then(() => process.exit()));
  connection.attach({ data() {}, end() {}, drain() {}, close() {} });
}).catch((error) => {
  console.log('FAILED ' + error.code + ' ' + error.message);
  process.exit();
});
console.log('OPEN ' + listener.name);
`;

let program: Program;
let folder: string;
const children: Child[] = [];

beforeAll(async () => {
  program = await bundleProgram(source);
  folder = await mkdtemp(join(tmpdir(), 'inherited-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) await child.stop();
});

afterAll(async () => {
  await program.remove();
  await rm(folder, { recursive: true });
});

/** A child with `what` as its descriptor 3. */
function start(what: net.Server | net.Socket | number | 'ignore'): Child {
  const given = typeof what === 'object' ? (what as unknown as { _handle: { fd: number } })._handle.fd : what;
  const child = new Child(process.execPath, [program.file], { stdio: ['ignore', 'pipe', 'pipe', given] });
  children.push(child);
  return child;
}

async function bind(address: net.ListenOptions): Promise<net.Server> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(address, resolve));
  return server;
}

describe('listen({ fd })', () => {
  it('accepts on a TCP socket that the parent has bound, and knows where it is', async () => {
    const server = await bind({ host: '127.0.0.1', port: 0 });
    const { port } = server.address() as net.AddressInfo;
    const child = start(server);
    expect(await child.line('OPEN')).toBe(`127.0.0.1:${port}`);
    server.close(); // the child has its own
    const answer = await text(net.connect(port, '127.0.0.1'));
    expect(JSON.parse(answer)).toEqual({ name: 'none', transport: 'tcp', remote: '127.0.0.1' });
    await child.exited;
  });

  it('accepts on a Unix socket, and leaves its file to its owner', async () => {
    const path = join(folder, 's');
    const server = await bind({ path });
    const child = start(server);
    expect(await child.line('OPEN')).toBe('fd:3');
    const clients = [net.connect(path), net.connect(path)]; // a race: the child accepts if the parent is asleep
    server.on('connection', (socket) => socket.end('parent'));
    const answers = await Promise.all(clients.map((client) => text(client)));
    for (const answer of answers) expect(answer).toMatch(/^parent$|"transport":"unix","remote":""/);
    await stat(path);
    server.close();
  });

  it('says what is wrong with a descriptor that is closed or is not a listening socket', async () => {
    await expect(listen({ fd: 99_999 }, () => undefined)).rejects.toMatchObject({
      code: 'TRANSPORT_BAD_DESCRIPTOR',
      message: expect.stringContaining('fd:99999. Nothing is open under this number'),
    });
    const file = openSync(program.file, 'r');
    expect(await start(file).line('FAILED')).toMatch(/^TRANSPORT_BAD_DESCRIPTOR .*fd:3\. It is not a socket/);
    closeSync(file);
    const server = await bind({ host: '127.0.0.1', port: 0 });
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    await new Promise((resolve) => client.once('connect', resolve));
    expect(await start(client).line('FAILED')).toMatch(/^TRANSPORT_BAD_DESCRIPTOR .*a connected one/);
    client.destroy();
    server.close();
  });

  it.skipIf(!hasPeer('systemd-socket-activate'))('is started by systemd when the first client comes', async () => {
    const path = join(folder, 'activated');
    const command = ['-l', path, '--fdname=web', process.execPath, program.file];
    const activator = new Child('systemd-socket-activate', command);
    children.push(activator);
    for (;;) {
      const socket = net.connect(path);
      const answer = await text(socket).catch(() => null);
      if (answer === null) continue;
      expect(JSON.parse(answer)).toEqual({ name: 'web', transport: 'unix', remote: '' });
      break;
    }
    await stat(path);
  });
});
