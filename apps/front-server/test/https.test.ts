import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { describeServer } from '../src/lib/describe-server.ts';
import { inspectConfig } from '../src/lib/inspect-config.ts';
import { curl, type StartedServer, startConfig, temporaryFolder } from './front-server-fixtures.ts';

/** A folder with a certificate for each name: `shop.example.crt` and `.key`. */
async function folderFor(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) await makeCertificate(folder, { name });
  return folder;
}

const site = (name: string, hosts: string, more = ''): string =>
  `  ${name}: { hosts: [${hosts}], ${more} routes: [{ path: /, respond: ${name} }] }\n`;
const certificate = (name: string): string => `tls: { certificate: ${name}.crt, key: ${name}.key },`;

function portOf({ server }: StartedServer, index = 0): number {
  return server.listeners[index]!.port!;
}

/** Connects with a server name, and returns the name in the certificate; the code of the error if it is refused. */
async function certificateFor(port: number, servername: string): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return String(socket.getPeerCertificate().subject.CN);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  } finally {
    socket.destroy();
  }
}

describe.runIf(hasOpenssl)('HTTPS', () => {
  it('says plainly that a listener cannot change its kind in a process without workers', async () => {
    const folder = await folderFor('shop.example');
    const file = join(folder, 'windhover.yaml');
    const text = (tls: string): string =>
      `listen: { unix: "${folder}/w.sock"${tls} }\nsites:\n${site('shop', 'shop.example', tls === '' ? '' : certificate('shop.example'))}`;
    const { server } = await startConfig(text(''), folder);
    await expect(server.reload({ config: { file, text: text(', tls: true') } })).rejects.toThrow(
      /cannot begin to speak TLS while the server runs without workers/,
    );
    expect((await curl('--unix-socket', `${folder}/w.sock`, 'http://shop.example/')).body).toBe('shop');
  });

  it('is announced with https:// by a process without workers, and plain HTTP beside it with http://', async () => {
    const folder = await folderFor('shop.example');
    const secure = '{ port: 0, address: 127.0.0.1, tls: true }';
    const text = `listen: [${secure}, { port: 0, address: 127.0.0.1 }]\nsites:\n${site('shop', 'shop.example', certificate('shop.example'))}`;
    const started = await startConfig(text, folder);
    const said = describeServer('1.0.0', started.server);
    expect(said).toContain(`https://127.0.0.1:${portOf(started)}/`);
    expect(said).toContain(`http://127.0.0.1:${portOf(started, 1)}/`);
  });

  it('tells a client that speaks plain HTTP to it', async () => {
    const folder = await folderFor('shop.example');
    const text = `listen: { port: 0, address: 127.0.0.1, tls: true }\nsites:\n${site('shop', 'shop.example', certificate('shop.example'))}`;
    const started = await startConfig(text, folder);
    const { status, body } = await curl(`http://127.0.0.1:${portOf(started)}/`);
    expect([status, body]).toEqual([400, expect.stringContaining('use https://')]);
  });

  it('shows each site its own certificate, and trusts curl to check it', async () => {
    const folder = await folderFor('shop.example', '*.wild.example');
    const started = await startConfig(
      `listen: { port: 0, address: 127.0.0.1, tls: true }\nsites:\n${site('shop', 'shop.example', certificate('shop.example'))}${site('wild', '"*.wild.example"', certificate('wildcard.wild.example'))}`,
      folder,
    );
    const port = portOf(started);
    const ask = (name: string, file: string) =>
      curl('--cacert', join(folder, file), '--resolve', `${name}:${port}:127.0.0.1`, `https://${name}:${port}/`);
    expect(await ask('shop.example', 'shop.example.crt')).toMatchObject({ status: 200, body: 'shop' });
    expect(await ask('a.wild.example', 'wildcard.wild.example.crt')).toMatchObject({ status: 200, body: 'wild' });
  });

  it('refuses names without a certificate, and clients without a name, unless there is a default', async () => {
    const folder = await folderFor('shop.example', 'other.example');
    const sites = `sites:\n${site('shop', 'shop.example', certificate('shop.example'))}${site('other', 'other.example', certificate('other.example'))}`;
    const strict = portOf(await startConfig(`listen: { port: 0, address: 127.0.0.1, tls: true }\n${sites}`, folder));
    expect(await certificateFor(strict, 'unknown.example')).toMatch(/HANDSHAKE_FAILURE$/);
    expect(await certificateFor(strict, '')).toMatch(/HANDSHAKE_FAILURE$/);
    expect(await certificateFor(strict, 'other.example')).toBe('other.example');
    const open = portOf(
      await startConfig(`listen: { port: 0, address: 127.0.0.1, tls: true }\ndefaultSite: other\n${sites}`, folder),
    );
    expect(await certificateFor(open, 'unknown.example')).toBe('other.example');
    const own = `tls: { certificate: shop.example.crt, key: shop.example.key, minVersion: TLSv1.3 }`;
    const listener = await startConfig(`listen: { port: 0, address: 127.0.0.1, ${own} }\n${sites}`, folder);
    expect(await certificateFor(portOf(listener), '')).toBe('shop.example');
  });

  it('rotates a certificate by a reload: new handshakes get the new one, open connections stay', async () => {
    const folder = await folderFor('shop.example', 'new.example');
    const text = `listen: { port: 0, address: 127.0.0.1, tls: true }\nsites:\n${site('shop', 'shop.example', certificate('shop.example'))}`;
    const started = await startConfig(text, folder);
    const port = portOf(started);
    const kept = tls.connect({ host: '127.0.0.1', port, servername: 'shop.example', rejectUnauthorized: false });
    await once(kept, 'secureConnect');
    await copyFile(join(folder, 'new.example.crt'), join(folder, 'shop.example.crt'));
    const config = { file: join(folder, 'windhover.yaml'), text };
    await expect(started.server.reload({ config })).resolves.toMatchObject({
      ok: false,
      problems: [{ path: 'sites.shop.tls.key', message: expect.stringContaining('is the key of another certificate') }],
    });
    expect(await certificateFor(port, 'shop.example')).toBe('shop.example');
    await copyFile(join(folder, 'new.example.key'), join(folder, 'shop.example.key'));
    expect(await started.server.reload({ config })).toMatchObject({ ok: true });
    expect(await certificateFor(port, 'shop.example')).toBe('new.example');
    kept.write('GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n');
    let answer = '';
    for await (const chunk of kept) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*shop$/s);
  });

  it('redirects to HTTPS, keeps path and query, and says HSTS there alone', async () => {
    const folder = await folderFor('shop.example');
    const more = `${certificate('shop.example')} redirect: https, hsts: true,`;
    const started = await startConfig(
      `listen: ["127.0.0.1:0", { port: 0, address: 127.0.0.1, tls: true }]\nsites:\n${site('shop', 'shop.example', more)}`,
      folder,
    );
    const plain = await curl('-H', 'Host: shop.example', `http://127.0.0.1:${portOf(started)}/a?b=c`);
    expect([plain.status, plain.head]).toEqual([
      308,
      expect.stringContaining('location: https://shop.example/a?b=c\r\n'),
    ]);
    expect(plain.head).not.toContain('strict-transport-security');
    const port = portOf(started, 1);
    const secure = await curl(
      '-k',
      '--resolve',
      `shop.example:${port}:127.0.0.1`,
      `https://shop.example:${port}/a?b=c`,
    );
    expect([secure.status, secure.head]).toEqual([
      200,
      expect.stringContaining('strict-transport-security: max-age=31536000\r\n'),
    ]);
  });

  it('shows clients with unknown names what the listener says: nothing, or the certificate of a host', async () => {
    const folder = await folderFor('shop.example', 'main.example');
    const listener = (chosen: string): string => `{ port: 0, address: 127.0.0.1, tls: { default: ${chosen} } }`;
    const sites = `${site('shop', 'shop.example', certificate('shop.example'))}${site('main', 'main.example', certificate('main.example'))}`;
    const shown = async (listen: string, name: string): Promise<string> => {
      const started = await startConfig(`listen: ${listen}\ndefaultSite: main\nsites:\n${sites}`, folder);
      return certificateFor(portOf(started), name);
    };
    expect(await shown(listener('refuse'), 'other.example')).toMatch(/ALERT/);
    expect(await shown(listener('refuse'), 'main.example')).toBe('main.example');
    expect(await shown(listener('shop.example'), 'other.example')).toBe('shop.example');
    expect(await shown('{ port: 0, address: 127.0.0.1, tls: true }', 'other.example')).toBe('main.example');
    const source = {
      file: join(folder, 'windhover.yaml'),
      text: `listen: ${listener('no.example')}\nsites:\n${sites}`,
    };
    const problems = await inspectConfig(source, (loaded) => (loaded.ok ? [] : loaded.problems));
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'listen.tls.default: expected `refuse`, or a host of a site with a certificate, found "no.example"',
    ]);
  });

  it('says what is wrong with certificates where it stands', async () => {
    const folder = await folderFor('shop.example');
    const check = async (text: string): Promise<string[]> => {
      const source = { file: join(folder, 'windhover.yaml'), text };
      const problems = await inspectConfig(source, (loaded) => (loaded.ok ? [] : loaded.problems));
      return problems.map(({ path, message }) => `${path}: ${message}`);
    };
    const secure = 'listen: { port: 443, tls: true }\n';
    expect(await check(`${secure}sites:\n${site('a', 'a.example')}`)).toEqual([
      'listen.tls: expected a site with `tls: { certificate: …, key: … }`, or a `certificate` here, found neither',
    ]);
    expect(await check(`sites:\n${site('a', 'a.example', certificate('shop.example'))}`)).toEqual([
      'sites.a.tls: expected a listener with `tls: true` for this certificate (`listen: [{ port: 443, tls: true }]`), found none',
    ]);
    expect(await check(`${secure}sites:\n${site('a', 'a.example', certificate('missing'))}`)).toEqual([
      `sites.a.tls.certificate: expected a certificate with its key, found: A certificate or key file cannot be read: ${join(folder, 'missing.crt')}. There is no such file: create it, or correct the path.`,
    ]);
    const files = (names: string): string => `${secure}sites:\n${site('a', 'shop.example', `tls: { ${names} },`)}`;
    expect(await check(files('certificate: shop.example.crt'))).toEqual([
      `sites.a.tls.certificate: expected a private key too, found none in ${join(folder, 'shop.example.crt')}: name its key under \`key\`, or put it into the file`,
    ]);
    expect(await check(files('certificate: shop.example.crt, key: missing.key'))).toEqual([
      expect.stringMatching(/^sites\.a\.tls\.key: .*missing\.key\. There is no such file/),
    ]);
    expect(await check(files('certificate: shop.example.key, key: shop.example.crt'))).toEqual([
      expect.stringMatching(/^sites\.a\.tls\.certificate: .* look swapped$/),
    ]);
    expect(await check(`${secure}sites:\n${site('a', 'a.example', 'tls: { key: shop.example.key },')}`)).toEqual([
      'sites.a.tls: expected the key `certificate`, found none',
    ]);
    expect(
      await check(
        `${secure}sites:\n${site('a', 'a.example', 'tls: { certificate: shop.example.crt, minVersion: TLSv1.3 },')}`,
      ),
    ).toEqual(['sites.a.tls.minVersion: expected it at the listener, found it at a site']);
    expect(await check(`${secure}sites:\n${site('a', 'a.example', 'tls: auto,')}`)).toEqual([
      'sites.a.tls: expected the key `certificates` at the top, such as `certificates: { acme: { email: ops@example.com } }`, found none',
    ]);
  });
});

describe('a reload', () => {
  const text = (port: string, answer: string): string =>
    `listen: [${port}]\nsites: { a: { routes: [{ path: /, respond: ${answer} }] } }`;

  it('switches to the new configuration, and lets listeners come and go', async () => {
    const folder = await temporaryFolder();
    const started = await startConfig(text('"127.0.0.1:0"', 'one'), folder);
    const first = started.url;
    expect((await curl(first)).body).toBe('one');
    const file = join(folder, 'windhover.yaml');
    expect(
      await started.server.reload({ config: { file, text: text('"127.0.0.1:0", "[::1]:0"', 'two') } }),
    ).toMatchObject({
      ok: true,
    });
    expect((await curl(first)).body).toBe('two');
    const second = `http://${started.server.listeners[1]!.name}`;
    expect((await curl(second)).body).toBe('two');
    expect(await started.server.reload({ config: { file, text: text('"[::1]:0"', 'three') } })).toMatchObject({
      ok: true,
    });
    expect((await curl(second)).body).toBe('three');
    await expect(curl(first)).rejects.toThrow('Failed to connect');
  });

  it('changes nothing when the file is wrong, or a listener cannot be opened', async () => {
    const folder = await temporaryFolder();
    const started = await startConfig(text('"127.0.0.1:0"', 'one'), folder);
    const file = join(folder, 'windhover.yaml');
    const wrong = await started.server.reload({
      config: { file, text: 'sites: { a: { routes: [{ path: /, respnod: two }] } }' },
    });
    expect(wrong).toMatchObject({ ok: false, problems: [{ suggestion: 'respond' }] });
    const taken = text(`"127.0.0.1:0", ${portOf(await startConfig(text('"127.0.0.1:0"', 'x'), folder))}`, 'two');
    await expect(started.server.reload({ config: { file, text: taken } })).rejects.toThrow(
      /Another process listens there/,
    );
    expect((await curl(started.url)).body).toBe('one');
    expect(started.server.listeners).toHaveLength(1);
  });
});
