import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { type Authority, makeAuthority } from '../../../scripts/lib/make-client-certificate.ts';
import { inspectConfig } from '../src/lib/inspect-config.ts';
import { curl, execute, type StartedServer, startConfig } from './front-server-fixtures.ts';

describe.runIf(hasOpenssl)('client certificates of a site', () => {
  let folder: string;
  let authority: Authority;
  let ada: { certFile: string; keyFile: string };
  let revoked: { certFile: string; keyFile: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'windhover-mtls-'));
    for (const name of ['safe.example', 'open.example', '*.wild.example']) await makeCertificate(folder, { name });
    authority = await makeAuthority(folder, 'ca');
    ada = await authority.issue('ada');
    revoked = await authority.issue('revoked');
    await authority.revoke(revoked.certFile);
    await copyFile(authority.crlFile, join(folder, 'revoked.crl'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const text = (asked: string, more = '') => `listen: [{ port: 0, address: 127.0.0.1, tls: true }, "127.0.0.1:0"]
sites:
  safe:
    hosts: [safe.example]
    tls: { certificate: safe.example.crt, key: safe.example.key${asked === '' ? '' : `, clientCertificates: ${asked}`} }
    ${more}
    routes: [{ path: /, respond: secret }]
  open:
    hosts: [open.example]
    tls: { certificate: open.example.crt, key: open.example.key }
    routes: [{ path: /, respond: everybody }]
`;
  const portOf = ({ server }: StartedServer, index = 0): number => server.listeners[index]!.port!;
  const show = ({ certFile, keyFile }: typeof ada) => ['--cert', certFile, '--key', keyFile];
  const ask = (started: StartedServer, name: string, ...args: string[]) => {
    const port = portOf(started);
    return curl('-k', '--resolve', `${name}:${port}:127.0.0.1`, ...args, `https://${name}:${port}/`);
  };
  /** Sends requests for hosts over one connection, and returns the answers. */
  async function over(started: StartedServer, servername: string, hosts: string[], shown?: typeof ada) {
    const files = shown && { cert: await readFile(shown.certFile), key: await readFile(shown.keyFile) };
    const socket = tls.connect({
      host: '127.0.0.1',
      port: portOf(started),
      servername,
      rejectUnauthorized: false,
      ...files,
    });
    await once(socket, 'secureConnect');
    const last = hosts.length - 1;
    for (const [index, host] of hosts.entries())
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n${index === last ? 'Connection: close\r\n' : ''}\r\n`);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer.match(/HTTP\/1\.1 \d+/g)!.map((line) => Number(line.slice(9)));
  }

  it('are required for the handshake, and a neighbour is not asked', async () => {
    const started = await startConfig(text('ca/ca.crt'), folder);
    expect(await ask(started, 'safe.example', ...show(ada))).toMatchObject({ status: 200, body: 'secret' });
    await expect(ask(started, 'safe.example', '--http1.1')).rejects.toThrow(/certificate required|alert/);
    await expect
      .poll(() => started.logLines.join(''))
      .toMatch(/A client certificate was refused.*the client sent no certificate/);
    expect(await ask(started, 'open.example')).toMatchObject({ status: 200, body: 'everybody' });
    const seen = async (name: string) => {
      const target = ['-connect', `127.0.0.1:${portOf(started)}`, '-servername', name];
      return (await execute('sh', ['-c', `openssl s_client ${target.join(' ')} </dev/null 2>&1`])).stdout;
    };
    expect(await seen('safe.example')).toMatch(/Acceptable client certificate CA names\s+CN ?= ?ca/);
    expect(await seen('open.example')).toContain('No client certificate CA names sent');
  });

  it('cannot be avoided by a connection for another site, nor by plain HTTP', async () => {
    const started = await startConfig(text('ca/ca.crt'), folder);
    expect(await over(started, 'open.example', ['open.example', 'safe.example', 'open.example'])).toEqual([
      200, 421, 200,
    ]);
    expect(await over(started, 'safe.example', ['safe.example', 'open.example'], ada)).toEqual([200, 421]);
    const plain = await curl('-H', 'Host: safe.example', `http://127.0.0.1:${portOf(started, 1)}/`);
    expect(plain).toMatchObject({ status: 403, body: expect.stringContaining('use https') });
    const redirected = await startConfig(text('ca/ca.crt', 'redirect: https'), folder);
    const { status } = await curl('-H', 'Host: safe.example', `http://127.0.0.1:${portOf(redirected, 1)}/`);
    expect(status).toBe(308);
  });

  it('are users for auth, and a certificate that is not good is refused where one is only requested', async () => {
    const auth =
      'auth: { clientCertificate: { rules: [{ subject: { O: Example }, user: "{CN}" }] } }\n    authorize: [{ allow: { user: ada } }]';
    const asked = '{ ca: ca/ca.crt, crl: revoked.crl, mode: request }';
    const started = await startConfig(text(asked, auth), folder);
    expect((await ask(started, 'safe.example', ...show(ada))).status).toBe(200);
    expect((await ask(started, 'safe.example', ...show(await authority.issue('bob')))).status).toBe(403);
    expect((await ask(started, 'safe.example')).status).toBe(401);
    expect((await ask(started, 'safe.example', ...show(revoked))).status).toBe(403);
    const forged = (await readFile(ada.certFile, 'latin1')).replace(/-----.*-----|\n/g, '');
    expect((await ask(started, 'safe.example', '-H', `Client-Cert: :${forged}:`)).status).toBe(401);
    expect(await over(started, 'open.example', ['safe.example'], ada)).toEqual([421]);
  });

  it('follow a reload: a kept connection was asked for others', async () => {
    const started = await startConfig(text(''), folder);
    const file = join(folder, 'windhover.yaml');
    const socket = tls.connect({
      host: '127.0.0.1',
      port: portOf(started),
      servername: 'safe.example',
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    const get = async () => {
      socket.write('GET / HTTP/1.1\r\nHost: safe.example\r\n\r\n');
      return String((await once(socket, 'data'))[0]).slice(9, 12);
    };
    expect(await get()).toBe('200');
    expect(await started.server.reload({ config: { file, text: text('ca/ca.crt') } })).toMatchObject({ ok: true });
    expect(await get()).toBe('421');
    socket.destroy();
    expect((await ask(started, 'safe.example', ...show(revoked))).status).toBe(200);
    const withList = text('{ ca: ca/ca.crt, crl: revoked.crl }');
    expect(await started.server.reload({ config: { file, text: withList } })).toMatchObject({ ok: true });
    await expect(ask(started, 'safe.example', ...show(revoked))).rejects.toThrow();
    expect((await ask(started, 'safe.example', ...show(ada))).status).toBe(200);
    await over(started, 'safe.example', ['safe.example'], ada);
  });

  it('can be asked with the certificate of the listener, and of clients that send no name', async () => {
    const started = await startConfig(
      `listen: { port: 0, address: 127.0.0.1, tls: { certificate: wildcard.wild.example.crt, key: wildcard.wild.example.key } }
defaultSite: rest
sites:
  a: { hosts: [a.wild.example], tls: { clientCertificates: ca/ca.crt }, routes: [{ path: /, respond: a }] }
  rest: { hosts: [b.wild.example], tls: { clientCertificates: { ca: ca/ca.crt, mode: require } }, routes: [{ path: /, respond: rest }] }
`,
      folder,
    );
    expect((await ask(started, 'a.wild.example', ...show(ada))).body).toBe('a');
    await expect(ask(started, 'a.wild.example')).rejects.toThrow();
    await expect(curl('-k', `https://127.0.0.1:${portOf(started)}/`)).rejects.toThrow();
    expect((await curl('-k', ...show(ada), `https://127.0.0.1:${portOf(started)}/`)).body).toBe('rest');
  });

  it('says what is wrong', async () => {
    const check = async (config: string): Promise<string[]> => {
      const source = { file: join(folder, 'windhover.yaml'), text: config };
      const problems = await inspectConfig(source, (loaded) => (loaded.ok ? [] : loaded.problems));
      return problems.map(({ path, message }) => `${path}: ${message}`);
    };
    expect(await check(text('missing.pem'))).toEqual([
      expect.stringMatching(/^sites\.safe\.tls\.clientCertificates: .*missing\.pem\. There is no such file/),
    ]);
    expect(await check(text('', 'auth: { clientCertificate: { rules: [{ subject: { CN: x }, user: x }] } }'))).toEqual([
      expect.stringMatching(/^sites\.safe\.auth: expected `tls: { clientCertificates/),
    ]);
    const alone = text('ca/ca.crt').replace('certificate: safe.example.crt, key: safe.example.key, ', '');
    expect(await check(alone)).toEqual([
      expect.stringMatching(/^sites\.safe\.tls: expected a `certificate` here, or one/),
    ]);
    const atListener = text('').replace('tls: true', 'tls: { clientCertificates: ca/ca.crt }');
    expect(await check(atListener)).toEqual([
      expect.stringMatching(/^listen\[0\]\.tls\.clientCertificates: expected it at a site/),
    ]);
  });
});
