import { X509Certificate } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { type Clock, systemClock } from '@windhover/core';
import { createMemoryLeases } from '@windhover/leases';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { startPebble, type TestPebble } from '../../../scripts/lib/start-pebble.ts';
import {
  type AcmeIssuerOptions,
  alpnCertificates,
  type CertificateIssuer,
  type CertificateManagerOptions,
  type CertificateStore,
  ChallengeBoard,
  createAcmeIssuer,
  createCertificateManager,
  createDnsWebhook,
  createMemoryCertificates,
  type DnsProvider,
  followDnsAliases,
  type KeyedCertificate,
  readCertificateStatus,
} from '../src/index.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const now = (): number => Date.now();

/** A store, its challenges, and a server that answers them in plain HTTP. */
async function openBoard(store: CertificateStore = createMemoryCertificates()) {
  const board = new ChallengeBoard(store, now);
  const asked: string[] = [];
  const server = createServer(async ({ url, headers }, answer) => {
    asked.push(`${headers.host} ${url}`);
    const found = await board.find('token', url!.split('/').at(-1)!);
    answer.writeHead(found === null ? 404 : 200).end(found);
  });
  return { store, board, asked, httpPort: await listen(server) };
}

async function listen(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function issuerOf(
  pebble: TestPebble,
  options: Pick<AcmeIssuerOptions, 'store' | 'board'> & Partial<AcmeIssuerOptions>,
) {
  return createAcmeIssuer({ directory: pebble.directory, ca: pebble.ca, email: 'ops@example.com', ...options });
}

function managerOf(
  store: CertificateStore,
  issuers: readonly CertificateIssuer[],
  more: Partial<CertificateManagerOptions> = {},
) {
  const manager = createCertificateManager({ store, issuers, leases: createMemoryLeases(), log: quiet, ...more });
  onTestFinished(() => manager.close());
  return manager;
}

async function certificateOf(manager: ReturnType<typeof managerOf>, name: string): Promise<X509Certificate> {
  let found: KeyedCertificate | null = null;
  await expect.poll(async () => (found = await manager.find(name))).not.toBeNull();
  return new X509Certificate(found!.cert);
}

const signal = new AbortController().signal;

describe.skipIf(!hasPeer('pebble'))('certificates of pebble', () => {
  it('are issued by HTTP-01, signed by its root', async () => {
    const { store, board, asked, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort });
    const manager = managerOf(store, [issuerOf(pebble, { store, board, challenges: ['http-01'] })]);
    manager.manage(['shop.example.com']);
    const certificate = await certificateOf(manager, 'shop.example.com');
    expect(certificate.checkHost('shop.example.com')).toBe('shop.example.com');
    expect(asked[0]).toMatch(/^shop\.example\.com:\d+ \/\.well-known\/acme-challenge\//);
    const found = (await manager.find('shop.example.com'))!;
    expect(found.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(certificate.issuer).toMatch(/Pebble Intermediate/);
    createSecureContext(found);
  });

  it('are issued by TLS-ALPN-01', async () => {
    const { store, board } = await openBoard();
    const find = alpnCertificates(board);
    const server = createTlsServer({
      ALPNProtocols: ['acme-tls/1'],
      SNICallback: (name, answer) =>
        void find(name).then((found) => answer(null, found === null ? undefined : createSecureContext(found))),
    });
    server.on('tlsClientError', () => undefined);
    const pebble = await startPebble({ tlsPort: await listen(server) });
    const manager = managerOf(store, [issuerOf(pebble, { store, board, challenges: ['tls-alpn-01'] })]);
    manager.manage(['shop.example.com']);
    expect((await certificateOf(manager, 'shop.example.com')).subjectAltName).toBe('DNS:shop.example.com');
  });

  it('are issued for wildcards by DNS-01, which also serve the names below', async () => {
    const { store, board } = await openBoard();
    const pebble = await startPebble();
    const dns = createDnsWebhook(pebble.dnsUrl);
    const manager = managerOf(store, [issuerOf(pebble, { store, board, dns })]);
    manager.manage(['*.example.com', 'shop.example.com']);
    expect((await certificateOf(manager, 'shop.example.com')).subjectAltName).toBe('DNS:*.example.com');
    expect(await store.get('certificates/shop.example.com.pem')).toBeNull();
  });

  it('are issued by DNS-01 where the challenge is an alias of a record in another zone', async () => {
    const { store, board } = await openBoard();
    const pebble = await startPebble();
    await pebble.setAlias('_acme-challenge.shop.example.com', 'shop.challenges.example.net');
    const webhook = createDnsWebhook(pebble.dnsUrl);
    const changed: string[] = [];
    const provider: DnsProvider = {
      set(record, value) {
        changed.push(`set ${record}`);
        return webhook.set(record, value);
      },
      remove(record, value) {
        changed.push(`remove ${record}`);
        return webhook.remove(record, value);
      },
    };
    const resolver = new Resolver();
    resolver.setServers([pebble.dnsServer]);
    const lookup = async (name: string): Promise<string | null> =>
      (await resolver.resolveCname(name).catch(() => []))[0] ?? null;
    const issuer = issuerOf(pebble, {
      ...{ store, board, challenges: ['dns-01'] },
      dns: followDnsAliases(provider, lookup),
    });
    const issued = await issuer.issue(['shop.example.com'], signal, null);
    expect(new X509Certificate(issued.cert).subjectAltName).toBe('DNS:shop.example.com');
    expect(changed).toEqual(['set shop.challenges.example.net', 'remove shop.challenges.example.net']);
  });

  it('are issued by the next challenge if the first one cannot be seen', async () => {
    const { store, board } = await openBoard();
    const pebble = await startPebble(); // nobody answers at its ports
    const dns = createDnsWebhook(pebble.dnsUrl);
    const issuer = issuerOf(pebble, { store, board, dns, challenges: ['http-01', 'dns-01'] });
    const issued = await issuer.issue(['shop.example.com'], signal, null);
    expect(new X509Certificate(issued.cert).subjectAltName).toBe('DNS:shop.example.com');
  });

  it('are issued to an account that is bound to one at the authority', async () => {
    const { store, board, httpPort } = await openBoard();
    const macKey = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
    const pebble = await startPebble({ httpPort, externalKeys: { 'kid-1': macKey } });
    const externalAccount = { keyId: 'kid-1', macKey };
    await expect(
      issuerOf(pebble, { store: createMemoryCertificates(), board }).issue(['a.example.com'], signal, null),
    ).rejects.toThrow(expect.objectContaining({ code: 'CERTIFICATES_ACME_REFUSED' }));
    const issued = await issuerOf(pebble, { store, board, externalAccount }).issue(['a.example.com'], signal, null);
    expect(new X509Certificate(issued.cert).subjectAltName).toBe('DNS:a.example.com');
  });

  it('are issued again when the authority has forgotten the account', async () => {
    const { store, board, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort });
    const issuer = issuerOf(pebble, { store, board });
    await issuer.issue(['a.example.com'], signal, null);
    await pebble.kill();
    await pebble.start(); // it keeps nothing
    const issued = await issuer.issue(['b.example.com'], signal, null);
    expect(new X509Certificate(issued.cert).subjectAltName).toBe('DNS:b.example.com');
  });

  it('are renewed, while the old one stays in use', { timeout: 60_000 }, async () => {
    const { store, board, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort, validSeconds: 18 });
    const manager = managerOf(store, [issuerOf(pebble, { store, board })]);
    manager.manage(['shop.example.com']);
    const first = await certificateOf(manager, 'shop.example.com');
    await expect
      .poll(
        async () => {
          const current = new X509Certificate((await manager.find('shop.example.com'))!.cert);
          expect(Date.parse(current.validTo)).toBeGreaterThan(Date.now() - 1000);
          return current.serialNumber;
        },
        { timeout: 50_000 },
      )
      .not.toBe(first.serialNumber);
  });

  it('are replaced when they are revoked', async () => {
    const { store, board, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort });
    const manager = managerOf(store, [issuerOf(pebble, { store, board })]);
    manager.manage(['shop.example.com']);
    const first = await certificateOf(manager, 'shop.example.com');
    await manager.revoke('shop.example.com', 'keyCompromise');
    const second = await certificateOf(manager, 'shop.example.com');
    expect(second.serialNumber).not.toBe(first.serialNumber);
    expect(second.publicKey.equals(first.publicKey)).toBe(false);
    expect([await pebble.statusOf(first.serialNumber), await pebble.statusOf(second.serialNumber)]).toEqual([
      'Revoked',
      'Valid',
    ]);
  });

  it('that have been replaced, but not revoked, are revoked by the next attempt', async () => {
    const { store, board, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort });
    const issuer = issuerOf(pebble, { store, board });
    let isBroken = true;
    let orders = 0;
    const fragile: CertificateIssuer = {
      name: issuer.name,
      refusal: (name) => issuer.refusal(name),
      issue(...order) {
        orders += 1;
        return issuer.issue(...order);
      },
      revoke: (...asked) => (isBroken ? Promise.reject(new Error('unreachable')) : issuer.revoke!(...asked)),
    };
    const manager = managerOf(store, [fragile]);
    manager.manage(['shop.example.com']);
    const first = await certificateOf(manager, 'shop.example.com');
    await expect(manager.revoke('shop.example.com', 'keyCompromise')).rejects.toThrow('unreachable');
    const second = await certificateOf(manager, 'shop.example.com');
    expect(second.serialNumber).not.toBe(first.serialNumber);
    isBroken = false;
    await manager.revoke('shop.example.com', 'keyCompromise');
    expect([await pebble.statusOf(first.serialNumber), await pebble.statusOf(second.serialNumber)]).toEqual([
      'Revoked',
      'Valid',
    ]);
    expect(orders).toBe(2);
    const { cert } = (await manager.find('shop.example.com'))!;
    await issuer.revoke!({ cert }, 'superseded', signal);
    await issuer.revoke!({ cert }, 'superseded', signal); // what is revoked already is no error
    expect(await pebble.statusOf(second.serialNumber)).toBe('Revoked');
  });

  it('are ordered with the profile that is set, as the authority spells it', async () => {
    const { store, board } = await openBoard();
    const pebble = await startPebble();
    const orders: unknown[] = [];
    const directory = await startDirectory(pebble, 'newOrder', (_url, body) => {
      const { payload } = JSON.parse(body) as { readonly payload: string };
      orders.push(JSON.parse(Buffer.from(payload, 'base64url').toString()));
      const problem = { type: 'urn:ietf:params:acme:error:invalidProfile', detail: 'there is no such profile' };
      return { status: 400, body: problem, headers: { 'Replay-Nonce': 'x' } };
    });
    const issuer = issuerOf(pebble, { store, board, directory, profile: 'shortlived' });
    await expect(issuer.issue(['shop.example.com'], signal, null)).rejects.toMatchObject({
      code: 'CERTIFICATES_ACME_REFUSED',
      message: expect.stringContaining('there is no such profile (invalidProfile)'),
    });
    expect(orders).toEqual([{ identifiers: [{ type: 'dns', value: 'shop.example.com' }], profile: 'shortlived' }]);
  });

  it('come from a second authority while the first is down, and its failure is told', async () => {
    const { store, board, httpPort } = await openBoard();
    const [down, up] = [await startPebble({ httpPort }), await startPebble({ httpPort })];
    await down.kill();
    const manager = managerOf(store, [issuerOf(down, { store, board }), issuerOf(up, { store, board })]);
    manager.manage(['shop.example.com']);
    const { name } = issuerOf(up, { store, board });
    await certificateOf(manager, 'shop.example.com');
    await expect
      .poll(async () => (await readCertificateStatus(store, 'shop.example.com', [name], now())).from)
      .toBe(name);
  });

  it('are ordered as soon as an authority that was down is back and it is time', async () => {
    const { store, board, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort });
    await pebble.kill();
    const hurried = hurriedClock();
    const lines: string[] = [];
    const log = { ...quiet, warn: (message: string) => void lines.push(message) };
    const issuer = issuerOf(pebble, { store, board });
    const manager = managerOf(store, [issuer], { clock: hurried, log });
    manager.manage(['shop.example.com']);
    const status = () => readCertificateStatus(store, 'shop.example.com', [issuer.name], hurried.now());
    await expect.poll(async () => (await status()).failures[0]?.count ?? 0).toBeGreaterThanOrEqual(2);
    expect((await status()).failures[0]).toMatchObject({
      kind: 'unreachable',
      code: 'CERTIFICATES_ACME_UNREACHABLE',
    });
    await pebble.start();
    expect((await certificateOf(manager, 'shop.example.com')).subjectAltName).toBe('DNS:shop.example.com');
    await expect.poll(async () => (await status()).failures).toEqual([]);
    expect(lines).toContain('A certificate could not be ordered');
  });

  it('of one name are ordered by one of two servers', async () => {
    const { store, board, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort });
    const leases = createMemoryLeases();
    const issued: string[] = [];
    const log = { ...quiet, info: (message: string) => void issued.push(message) };
    const managers = [1, 2, 3].map(() => managerOf(store, [issuerOf(pebble, { store, board })], { leases, log }));
    for (const manager of managers) manager.manage(['shop.example.com']);
    const found = await Promise.all(managers.map((manager) => certificateOf(manager, 'shop.example.com')));
    expect(new Set(found.map(({ serialNumber }) => serialNumber)).size).toBe(1);
    expect(issued).toEqual(['A certificate is ordered', 'A certificate was issued']);
  });

  it('are renewed when the authority says so, and the order says what it replaces (RFC 9773)', async () => {
    const { store, board, httpPort } = await openBoard();
    const pebble = await startPebble({ httpPort });
    const asked: string[] = [];
    const past = { start: new Date(now() - 2000).toISOString(), end: new Date(now() - 1000).toISOString() };
    const directory = await startDirectory(pebble, 'renewalInfo', (url) => {
      asked.push(url);
      return { status: 200, body: { suggestedWindow: past } };
    });
    const first = managerOf(store, [issuerOf(pebble, { store, board, directory })]);
    first.manage(['shop.example.com']);
    const { serialNumber } = await certificateOf(first, 'shop.example.com');
    await expect.poll(() => store.get('orders/shop.example.com.json')).not.toBeNull();
    await first.close();
    expect(asked).toEqual([]); // a new certificate is not asked about
    await store.delete('orders/shop.example.com.json'); // as if six hours had passed
    const second = managerOf(store, [issuerOf(pebble, { store, board, directory })]);
    second.manage(['shop.example.com']);
    await expect
      .poll(async () => (await certificateOf(second, 'shop.example.com')).serialNumber)
      .not.toBe(serialNumber);
    expect(asked).toEqual([expect.stringMatching(/^\/renewal\/[\w-]+\.[\w-]+$/)]);
  });

  it('are ordered again when the authority says, after it wanted no more orders', async () => {
    const { store, board } = await openBoard();
    const pebble = await startPebble();
    let orders = 0;
    const directory = await startDirectory(pebble, 'newOrder', () => {
      orders += 1;
      const body = { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'too many certificates' };
      return { status: 429, body, headers: { 'Retry-After': '172800', 'Replay-Nonce': 'x' } };
    });
    const issuer = issuerOf(pebble, { store, board, directory });
    const manager = managerOf(store, [issuer]);
    manager.manage(['shop.example.com']);
    const status = () => readCertificateStatus(store, 'shop.example.com', [issuer.name], now());
    await expect.poll(async () => (await status()).failures.length).toBe(1);
    const { failures, nextOrderAtMs } = await status();
    expect(failures[0]).toMatchObject({ kind: 'rate-limited', code: 'CERTIFICATES_ACME_RATE_LIMITED' });
    expect(failures[0]!.message).toContain('too many certificates');
    expect(nextOrderAtMs! - now()).toBeGreaterThan(172_700_000);
    const other = managerOf(store, [issuer]); // another server does not ask either
    other.manage(['shop.example.com']);
    await expect.poll(() => other.find('shop.example.com')).toBeNull();
    expect(orders).toBe(1);
  });
});

/** The clock of a machine whose time goes on as soon as somebody waits for more than ten seconds. */
function hurriedClock(): Clock {
  let aheadMs = 0;
  return {
    now: () => systemClock.now() + aheadMs,
    schedule(delayMs, callback) {
      if (delayMs <= 10_000) return systemClock.schedule(delayMs, callback);
      return systemClock.schedule(50, () => {
        aheadMs += delayMs;
        callback();
      });
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The directory of pebble, with renewal information, or with orders, that this test answers itself. */
async function startDirectory(
  pebble: TestPebble,
  resource: 'renewalInfo' | 'newOrder',
  answer: (url: string, body: string) => Answer,
): Promise<string> {
  const { port } = new URL(pebble.directory);
  const own = { newNonce: 'nonce-plz', newAccount: 'sign-me-up', newOrder: 'order-plz', revokeCert: 'revoke-cert' };
  const meta = { profiles: { shortlived: 'six days' } };
  const server = createServer(async (incoming, outgoing) => {
    let sent = '';
    for await (const chunk of incoming) sent += String(chunk);
    const base = `http://${incoming.headers.host}`;
    const urls = Object.fromEntries(
      Object.entries(own).map(([name, path]) => [name, `https://localhost:${port}/${path}`]),
    );
    const { status, body, headers } =
      incoming.url === '/dir'
        ? { status: 200, body: { ...urls, meta, [resource]: `${base}/renewal` }, headers: {} }
        : { headers: {}, ...answer(incoming.url!, sent) };
    outgoing.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  return `http://127.0.0.1:${await listen(server)}/dir`;
}
