import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../../../scripts/lib/free-port.ts';
import { makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { startPebble, type TestPebble } from '../../../scripts/lib/start-pebble.ts';
import { curl, type StartedServer, startConfig, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

/** A front server whose certificates come from pebble. */
async function startAutomatic(
  pebble: (http: number, https: number) => Promise<TestPebble>,
  text: (pebble: TestPebble) => string,
) {
  const folder = await temporaryFolder();
  const [http, https] = (await freePorts(2)) as [number, number];
  const authority = await pebble(http, https);
  const root = join(folder, 'root.pem');
  await writeFile(root, await authority.root());
  const listen = `listen: ['127.0.0.1:${http}', { address: 127.0.0.1, port: ${https}, tls: true }]\n`;
  const started = await startConfig(listen + text(authority), folder);
  return { folder, http, https, root, pebble: authority, ...started };
}

type Automatic = Awaited<ReturnType<typeof startAutomatic>>;

const acme = ({ directory, caFile }: TestPebble, more = ''): string =>
  `certificates: { store: { folder: ./state }, acme: { email: ops@example.com, directory: '${directory}', ca: ${caFile}${more} } }\n`;

const shop = `sites:
  shop: { hosts: [shop.example.com], tls: auto, redirect: [https], routes: [{ path: /, respond: shop }] }
`;

const withRoot = ({ root, https }: Pick<Automatic, 'root' | 'https'>, name: string): Promise<string> =>
  curl('--cacert', root, '--resolve', `${name}:${https}:127.0.0.1`, `https://${name}:${https}/`).then(
    ({ body }) => body,
    String,
  );

const logOf = ({ logLines }: StartedServer): string => logLines.join('');

describe.skipIf(!hasPeer('pebble'))('tls: auto', () => {
  it('gets a certificate by HTTP-01, before a redirect to HTTPS can be in the way', async () => {
    const started = await startAutomatic(
      (httpPort) => startPebble({ httpPort }),
      (pebble) => acme(pebble, ', challenge: http-01') + shop,
    );
    await expect.poll(() => withRoot(started, 'shop.example.com')).toBe('shop');
    const { http } = started;
    const plain = await curl('-H', 'Host: shop.example.com', `http://127.0.0.1:${http}/`);
    expect(plain.status).toBe(308);
    const strange = await curl(
      '-H',
      'Host: shop.example.com',
      `http://127.0.0.1:${http}/.well-known/acme-challenge/aaaaaaaaaaaaaaaaaaaaaaaa`,
    );
    expect(strange.status).toBe(308); // none of ours
    await expect
      .poll(() => logOf(started))
      .toMatch(/A certificate is ordered.*shop\.example\.com[\s\S]*A certificate was issued.*shop\.example\.com/);
  });

  it('gets a certificate by TLS-ALPN-01 on the running listener', async () => {
    const started = await startAutomatic(
      (_, tlsPort) => startPebble({ tlsPort }),
      (pebble) => acme(pebble, ', challenge: tls-alpn-01') + shop,
    );
    await expect.poll(() => withRoot(started, 'shop.example.com')).toBe('shop');
  });

  it('gets certificates for wildcards by DNS-01', async () => {
    const started = await startAutomatic(
      () => startPebble(),
      (pebble) =>
        `${acme(pebble, `, dns: { url: '${pebble.dnsUrl}' }`)}sites: { all: { hosts: ['*.example.com'], tls: auto, routes: [{ path: /, respond: all }] } }\n`,
    );
    await expect.poll(() => withRoot(started, 'anything.example.com')).toBe('all');
  });

  it('answers HTTP meanwhile, and says what is wrong; other sites have their certificates', async () => {
    const folder = await temporaryFolder();
    const files = await makeCertificate(folder, { name: 'files.example.com' });
    const started = await startAutomatic(
      () => startPebble(), // nobody answers its challenges
      (pebble) => `${acme(pebble, ', challenge: http-01')}sites:
  shop: { hosts: [shop.example.com], tls: auto, routes: [{ path: /, respond: shop }] }
  files: { hosts: [files.example.com], tls: { certificate: ${files.certFile}, key: ${files.keyFile} }, routes: [{ path: /, respond: files }] }
`,
    );
    await expect.poll(() => logOf(started)).toMatch(/A certificate could not be ordered.*shop\.example\.com/);
    const { http, https } = started;
    expect((await curl('-H', 'Host: shop.example.com', `http://127.0.0.1:${http}/`)).body).toBe('shop');
    expect(await withRoot(started, 'shop.example.com')).toMatch(/unrecognized name|alert/);
    expect(await withRoot({ root: files.certFile, https }, 'files.example.com')).toBe('files');
  });

  it('takes over certificates that were issued before a restart, while the authority is down', async () => {
    const started = await startAutomatic(
      (httpPort) => startPebble({ httpPort }),
      (pebble) => acme(pebble) + shop,
    );
    await expect.poll(() => withRoot(started, 'shop.example.com')).toBe('shop');
    await started.pebble.kill();
    await started.server.stop();
    const text = `listen: ['127.0.0.1:${started.http}', { address: 127.0.0.1, port: ${started.https}, tls: true }]\n`;
    await startConfig(text + acme(started.pebble) + shop, started.folder);
    expect(await withRoot(started, 'shop.example.com')).toBe('shop');
  });

  it('swaps renewed certificates under load without a failed handshake, also over reloads', {
    timeout: 90_000,
  }, async () => {
    const started = await startAutomatic(
      (httpPort) => startPebble({ httpPort, validSeconds: 27 }),
      (pebble) => acme(pebble) + shop,
    );
    await expect.poll(() => withRoot(started, 'shop.example.com')).toBe('shop');
    const file = {
      file: join(started.folder, 'windhover.yaml'),
      text: `listen: ['127.0.0.1:${started.http}', { address: 127.0.0.1, port: ${started.https}, tls: true }]\n${acme(started.pebble)}${shop}`,
    };
    const answers = new Set<string>();
    for (let count = 0; count < 60 || !/A certificate is renewed/.test(logOf(started)); count++) {
      answers.add(await withRoot(started, 'shop.example.com'));
      if (count % 20 === 10) await started.server.reload({ config: file });
    }
    expect([...answers]).toEqual(['shop']);
  });

  it('orders for names of no site only with permission', async () => {
    const asked: string[] = [];
    const permission = await startUpstream(({ url }, answer) => {
      asked.push(url!);
      answer.writeHead(url!.endsWith('good.example.com') ? 204 : 403).end();
    });
    const started = await startAutomatic(
      (httpPort) => startPebble({ httpPort }),
      ({ directory, caFile }) =>
        `certificates: { store: { folder: ./state }, acme: { directory: '${directory}', ca: ${caFile} }, onDemand: http://127.0.0.1:${permission.port}/may }
sites: { any: { tls: auto, routes: [{ path: /, respond: any }] } }\n`,
    );
    expect(await withRoot(started, 'good.example.com')).toBe('any');
    expect(await withRoot(started, 'bad.example.com')).not.toBe('any');
    expect(await withRoot(started, 'good.example.com')).toBe('any');
    expect(asked).toEqual(['/may?domain=good.example.com', '/may?domain=bad.example.com']);
  });
});

describe('certificates', () => {
  it('come from a folder, by the name that a client asks for', async () => {
    const folder = await temporaryFolder();
    const { certFile } = await makeCertificate(folder, { name: 'a.example.com' }); // its key stands beside it
    await copyFile(certFile, join(folder, 'a.example.com.pem'));
    const text = `listen: { address: 127.0.0.1, port: 0, tls: true }\ncertificates: { folder: . }\nsites: { any: { routes: [{ path: /, respond: any }] } }\n`;
    const started = await startConfig(text, folder);
    const https = started.server.listeners[0]!.port!;
    expect(await withRoot({ root: certFile, https }, 'a.example.com')).toBe('any');
    expect(await withRoot({ root: certFile, https }, 'b.example.com')).not.toBe('any');
  });

  it('of names inside come from the local authority', async () => {
    const folder = await temporaryFolder();
    const text = `listen: { address: 127.0.0.1, port: 0, tls: auto }\ncertificates: { local: true, store: { folder: ./state } }
sites: { a: { hosts: [localhost, app.test, 127.0.0.1], routes: [{ path: /, respond: local }] } }\n`;
    const started = await startConfig(text, folder);
    const https = started.server.listeners[0]!.port!;
    const root = join(folder, 'state', 'local', 'authority.pem');
    await expect.poll(() => withRoot({ root, https }, 'localhost')).toBe('local');
    await expect.poll(() => withRoot({ root, https }, 'app.test')).toBe('local');
    await expect
      .poll(() => curl('--cacert', root, `https://127.0.0.1:${https}/`).then(({ body }) => body, String))
      .toBe('local');
  });
});
