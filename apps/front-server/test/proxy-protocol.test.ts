import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import {
  curl,
  execute,
  type StartedServer,
  startConfig,
  startUpstream,
  temporaryFolder,
} from './front-server-fixtures.ts';

/** Answers with what it is told of the client. */
const tells: http.RequestListener = ({ headers }, response) => {
  response.end(`${headers['x-forwarded-for']} ${headers['x-forwarded-proto']}`);
};

const portOf = ({ server }: StartedServer): number => server.listeners[0]!.port!;

/** HAProxy, which listens where `bind` says. */
async function startHaproxy(folder: string, mode: 'tcp' | 'http', bind: string, rest: string): Promise<void> {
  const file = join(folder, 'haproxy.cfg');
  const timeouts = ['connect', 'client', 'server'].map((each) => `  timeout ${each} 30s\n`).join('');
  await writeFile(file, `defaults\n  mode ${mode}\n${timeouts}listen front\n  bind ${bind}\n${rest}\n`);
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  const exited = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const [address] = bind.split(' ') as [string];
  const at = address.startsWith('unix@') ? { path: address.slice(5) } : { port: Number(address.split(':')[1]) };
  await expect.poll(() => canConnect(at)).toBe(true);
}

function canConnect(at: net.NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(at);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
  });
}

/** A client that is another one than HAProxy. */
const elsewhere = ['--interface', '127.0.0.5'];

describe('proxyProtocol at a listener', () => {
  const site = (port: number): string => `sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${port}" }] } }\n`;

  it('gives requests the address of the header, and takes none from others', async () => {
    const { port } = await startUpstream(tells);
    const trusting = await startConfig(
      `listen: [{ address: 127.0.0.1, port: 0, proxyProtocol: loopback }]\n${site(port)}`,
    );
    const { body } = await curl('--haproxy-protocol', `http://127.0.0.1:${portOf(trusting)}/`);
    expect(body).toBe('127.0.0.1 http'); // curl tells its own address
    const none = await execute('curl', ['-sS', `http://127.0.0.1:${portOf(trusting)}/`]);
    expect(none.code).not.toBe(0);
    await expect
      .poll(() => trusting.logLines.join('\n'))
      .toMatch(/The PROXY header is not valid: it begins with "GET \/ HTTP\/1\.1.*127\.0\.0\.1/);

    const strict = await startConfig(
      `listen: [{ address: 127.0.0.1, port: 0, proxyProtocol: { from: 10.0.0.0/8 } }]\n${site(port)}`,
    );
    expect((await curl(`http://127.0.0.1:${portOf(strict)}/`)).body).toBe('127.0.0.1 http');
    expect((await curl('--haproxy-protocol', `http://127.0.0.1:${portOf(strict)}/`)).status).toBe(400);
  });

  it.runIf(hasPeer('haproxy'))('understands what HAProxy sends, in both versions', async () => {
    const { port } = await startUpstream(tells);
    const server = await startConfig(
      `listen: [{ address: 127.0.0.1, port: 0, proxyProtocol: loopback }]\n${site(port)}`,
    );
    for (const sends of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c,unique-id']) {
      const front = await freePort();
      const rest = `  unique-id-format %ci\n  server app 127.0.0.1:${portOf(server)} ${sends}`;
      await startHaproxy(await temporaryFolder(), 'tcp', `127.0.0.1:${front}`, rest);
      expect((await curl(...elsewhere, `http://127.0.0.1:${front}/`)).body, sends).toBe('127.0.0.5 http');
    }
  });

  it.runIf(hasOpenssl && hasPeer('haproxy'))(
    'works in front of TLS, and knows TLS that the proxy has ended',
    async () => {
      const folder = await temporaryFolder();
      await makeCertificate(folder, { name: 'shop.example' });
      const { port } = await startUpstream(tells);
      const inner = await startConfig(
        `listen: [{ address: 127.0.0.1, port: 0, tls: true, proxyProtocol: loopback }]
sites: { a: { hosts: shop.example, tls: { certificate: shop.example.crt, key: shop.example.key }, routes: [{ path: /, proxy: "http://127.0.0.1:${port}" }] } }\n`,
        folder,
      );
      const own = ['-k', '--haproxy-protocol', '--resolve', `shop.example:${portOf(inner)}:127.0.0.1`];
      expect((await curl(...own, `https://shop.example:${portOf(inner)}/`)).body).toBe('127.0.0.1 https');

      const plain = await startConfig(
        `listen: [{ address: 127.0.0.1, port: 0, proxyProtocol: loopback }]\n${site(port)}`,
      );
      const files = await makeCertificate(folder, { name: 'front.example' });
      await writeFile(join(folder, 'both.pem'), `${await readFile(files.certFile)}${await readFile(files.keyFile)}`);
      const front = await freePort();
      const rest = `  server app 127.0.0.1:${portOf(plain)} send-proxy-v2-ssl`;
      await startHaproxy(folder, 'tcp', `127.0.0.1:${front} ssl crt ${folder}/both.pem`, rest);
      expect((await curl('-k', ...elsewhere, `https://127.0.0.1:${front}/`)).body).toBe('127.0.0.5 https');
    },
  );

  it.runIf(hasOpenssl)(
    'is hinted at in the log, when a listener for TLS gets a header that it does not expect',
    async () => {
      const folder = await temporaryFolder();
      await makeCertificate(folder, { name: 'shop.example' });
      const { logLines, server } = await startConfig(
        `listen: [{ address: 127.0.0.1, port: 0, tls: true, proxyProtocol: 10.0.0.0/8 }]
sites: { a: { hosts: shop.example, tls: { certificate: shop.example.crt, key: shop.example.key }, routes: [{ path: /, respond: x }] } }\n`,
        folder,
      );
      const url = `https://127.0.0.1:${server.listeners[0]!.port}/`;
      for (let count = 0; count < 3; count++)
        expect((await execute('curl', ['-sSk', '--haproxy-protocol', url])).code).not.toBe(0);
      await expect.poll(() => logLines.filter((line) => line.includes('proxyProtocol'))).toHaveLength(1);
    },
  );

  it.each([
    ['proxyProtocol: nobody', /expected an address, a network or a preset/i],
    ['proxyProtocol: { from: loopback, others: guess }', /others/],
    ['proxyProtocol: { others: plain }', /from/],
  ])('refuses %s', async (written, message) => {
    await expect(startConfig(`listen: [{ port: 0, ${written} }]\n${site(1)}`)).rejects.toThrow(message);
  });
});

describe('proxyProtocol of an upstream', () => {
  it.runIf(hasPeer('haproxy')).each(['v1', 'v2'])('tells HAProxy who the client is, with %s', async (version) => {
    const folder = await temporaryFolder();
    const { port } = await startUpstream(({ headers }, response) => response.end(String(headers['x-source'])));
    const socket = join(folder, 'in.sock');
    const rest = `  http-request set-header X-Source %[src]:%[src_port]\n  server app 127.0.0.1:${port}`;
    await startHaproxy(folder, 'http', `unix@${socket} accept-proxy`, rest);
    const { url } = await startConfig(
      `listen: 127.0.0.1:0\ntrustedProxies: loopback\nupstreams: { shop: { to: "unix:${socket}", proxyProtocol: ${version} } }\nsites: { a: { routes: [{ path: /, proxy: shop }] } }\n`,
    );
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const seen = new Set<string>();
    for (const client of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) {
      const body = await ask(url, agent, { 'X-Forwarded-For': client });
      seen.add(body);
      expect(body.startsWith(`${client}:`), body).toBe(true);
    }
    expect(seen.size).toBe(2);
  });
});

function ask(url: string, agent: http.Agent, headers: http.OutgoingHttpHeaders): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part: string) => (text += part))
        .on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}
