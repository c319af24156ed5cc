import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer, systemPython } from '../../../scripts/lib/peer.ts';
import { ask, setUpProxies, startProxy } from './proxy-fixtures.ts';

setUpProxies();

describe('an upstream that speaks HTTP/1.0', () => {
  it('gets HTTP/1.1, and ends its answers by closing the connection', async () => {
    const heads: string[] = [];
    const server = net.createServer((socket) => {
      socket.once('data', (chunk) => {
        heads.push(chunk.toString('latin1'));
        socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold but well');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const front = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (let round = 0; round < 3; round++) {
      const { status, text, headers } = await ask(front.url);
      expect([status, text, headers['content-type']]).toEqual([200, 'old but well', 'text/plain']);
    }
    expect(heads).toHaveLength(3);
    expect(heads[0]).toMatch(/^GET \/ HTTP\/1\.1\r\n/);
  });
});

describe.skipIf(!hasPeer(systemPython))('Python’s http.server', () => {
  it('serves its files through the proxy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proxy-python-'));
    const big = 'abcdefghij'.repeat(200_000);
    await writeFile(join(folder, 'big.txt'), big);
    const script =
      'import http.server,sys\ns=http.server.ThreadingHTTPServer(("127.0.0.1",0),http.server.SimpleHTTPRequestHandler)\nprint(s.server_port,flush=True)\ns.serve_forever()';
    const python = spawn(systemPython, ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(async () => {
      python.kill();
      await rm(folder, { recursive: true });
    });
    const port = await new Promise<string>((resolve) =>
      python.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
    );
    const front = await startProxy(`http://127.0.0.1:${port}`);
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(`${front.url}/big.txt`)));
    for (const { status, text } of answers) expect([status, text === big]).toEqual([200, true]);
    expect((await ask(`${front.url}/missing`)).status).toBe(404);
    expect((await ask(`${front.url}/big.txt`, { method: 'HEAD' })).headers['content-length']).toBe(String(big.length));
    expect((await ask(front.url, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(501);
  });
});
