import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { run, startPeerServer } from './peer-fixtures.ts';

describe.skipIf(!hasPeer('h2load'))('h2load', () => {
  it.each(['http', 'https'] as const)('finds no failure in 2,000 pipelined requests over %s', async (scheme) => {
    const server = await startPeerServer();
    const args = scheme === 'http' ? ['--h1'] : ['--npn-list=http/1.1'];
    const output = await run('h2load', ...args, '-n2000', '-c20', '-m4', `${server[scheme]}/hello`);
    expect(output).toMatch(/2000 succeeded, 0 failed, 0 errored, 0 timeout/);
    expect(output).toMatch(/Application protocol: http\/1\.1/);
  });
});

describe.skipIf(!hasPeer('h2load'))('clients of nghttp2', () => {
  it.each(['http', 'https'] as const)(
    'h2load gets every answer of 5,000 on 200 streams at a time over %s',
    async (scheme) => {
      const server = await startPeerServer();
      const output = await run('h2load', '-n5000', '-c20', '-m10', `${server[scheme]}/hello`);
      expect(output).toMatch(/5000 succeeded, 0 failed, 0 errored, 0 timeout/);
      expect(output).toMatch(/Application protocol: h2/);
    },
  );

  it.each(['http', 'https'] as const)('nghttp gets several answers, and sends a body over %s', async (scheme) => {
    const server = await startPeerServer();
    const body = join(await mkdtemp(join(tmpdir(), 'nghttp-')), 'body');
    onTestFinished(() => rm(dirname(body), { recursive: true }));
    await writeFile(body, 'x'.repeat(300_000));
    const answers = await run(
      'nghttp',
      '-ns',
      ...['/hello', '/?100000', '/?0'].map((path) => `${server[scheme]}${path}`),
    );
    expect(answers.match(/ 200 +\S+ \/\S+$/gm)).toHaveLength(3);
    expect(await run('nghttp', '-d', body, `${server[scheme]}/upload`)).toMatch(/^300000/);
  });
});

describe.skipIf(!hasPeer('wrk'))('wrk', () => {
  it.each(['http', 'https'] as const)('finds no error on 64 connections over %s', async (scheme) => {
    const server = await startPeerServer();
    const output = await run('wrk', '-t1', '-c64', '-d1s', `${server[scheme]}/hello`);
    expect(output).toMatch(/[1-9]\d* requests in/);
    expect(output).not.toMatch(/Socket errors|Non-2xx/);
  });
});

describe.skipIf(!hasPeer('openssl'))('openssl s_client', () => {
  it.each(['-tls1_2', '-tls1_3'])('gets an answer and a clean end over %s', async (version) => {
    const server = await startPeerServer();
    const target = new URL(server.https).host;
    const request = 'GET /hello HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n';
    const line = `printf '${request}' | openssl s_client -connect ${target} ${version} -servername localhost -quiet -ign_eof`;
    const output = await run('sh', '-c', line);
    expect(output).toContain('HTTP/1.1 200 OK');
    expect(output).toContain('Hello, world');
    expect(output).not.toMatch(/unexpected eof|errno/);
  });
});

describe.skipIf(!hasPeer('slowhttptest'))('slowhttptest', () => {
  it.each<[string, string, string[]]>([
    ['heads', '/hello', ['-H', '-i', '1']],
    ['bodies', '/upload', ['-B', '-s', '8192', '-i', '1', '-x', '8']],
    ['readers', '/?10000000', ['-X', '-w', '512', '-y', '1024', '-n', '1', '-z', '32']],
  ])('with 100 slow %s is closed by the deadlines, and others are served meanwhile', async (_kind, path, mode) => {
    const server = await startPeerServer({ headersTimeoutMs: 1500, rateGraceMs: 1000, responseGraceMs: 1000 });
    const attack = run('slowhttptest', ...mode, '-c', '100', '-r', '100', '-l', '6', '-u', server.http + path);
    let most = 0;
    let isOver = false;
    const watch = (async () => {
      while (!isOver) {
        const { connections } = await server.counts(); // it answers
        most = Math.max(most, connections);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await attack.finally(() => (isOver = true));
    await watch;
    expect(most).toBeGreaterThan(50);
    const { connections } = await server.counts();
    expect(connections).toBeLessThan(10);
  });
});

describe.skipIf(!hasPeer('curl'))('curl', () => {
  const mega = 1024 ** 2;
  const transfers = {
    downloads: (address: string, size: number) =>
      run('curl', '-sS', '-o', '/dev/null', '-w', '%{size_download}', `${address}/?${size}`),
    uploads: (address: string, size: number) =>
      run('sh', '-c', `head -c ${size} /dev/zero | curl -sS -T - ${address}/upload`),
  };

  it.each(['downloads', 'uploads'] as const)('%s 2 GB at the memory of 256 MB', async (direction) => {
    const server = await startPeerServer();
    const transfer = async (size: number) => {
      expect(await transfers[direction](server.http, size)).toBe(String(size));
      return server.peak();
    };
    // What the garbage collector leaves lying about differs by the version of Node; the first transfer finds out.
    const before = await transfer(256 * mega);
    const after = await transfer(2048 * mega);
    expect(after - before).toBeLessThan(64 * mega);
  });
});

describe.skipIf(!hasPeer('chromium'))('Chromium', () => {
  it.each(['http', 'https'] as const)('shows a page over %s', async (scheme) => {
    const server = await startPeerServer();
    const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
    onTestFinished(() => rm(profile, { recursive: true, force: true }));
    const quiet = '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync';
    const switches = [...quiet.split(' '), '--disable-component-update', '--ignore-certificate-errors'];
    const page = await run(
      'chromium',
      ...switches,
      `--user-data-dir=${profile}`,
      '--dump-dom',
      `${server[scheme]}/hello`,
    );
    expect(page).toContain('<p id="said">Hello, world</p>');
  });
});
