import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import type { CertificateFiles, CertificateFinder, FoundCertificate } from '../src/index.ts';
import {
  type Address,
  certificateName,
  exact,
  failure,
  failures,
  serve,
  setUpTls,
  wildcard,
  works,
} from './tls-fixture.ts';

setUpTls();

async function read({ certFile, keyFile }: CertificateFiles): Promise<FoundCertificate> {
  return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

async function nameFor(address: Address, servername: string, more: tls.ConnectionOptions = {}): Promise<string> {
  const socket = tls.connect({ ...address, servername, rejectUnauthorized: false, ...more });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.resume().end();
  await once(socket, 'close'); // destroyed, it would be a handshake that failed
  return name;
}

const later = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, 5, value));

describe.runIf(hasOpenssl)('createTls() with certificates that are found', () => {
  it('waits for a certificate, and takes another one for the next handshake', async () => {
    const [first, second] = [await read(exact), await read(wildcard)];
    let current = first;
    const asked: string[] = [];
    const find = (name: string): Promise<FoundCertificate> => {
      asked.push(name);
      return later(current);
    };
    const { address } = await serve({ serverNames: { 'exact.example.org': { find } } });
    expect(await nameFor(address, 'Exact.Example.ORG')).toBe('exact.example.org');
    current = second;
    expect(await nameFor(address, 'exact.example.org')).toBe('*.example.org');
    expect(await nameFor(address, 'other.example.org')).toBe('main.example');
    expect(asked).toEqual(['exact.example.org', 'exact.example.org']);
  });

  it('refuses a name whose certificate is not there yet, and shows it that of no other site', async () => {
    const { address } = await serve({ serverNames: { 'new.example.org': { find: () => null } } });
    await expect(nameFor(address, 'new.example.org')).rejects.toThrow(
      expect.objectContaining({ code: expect.stringMatching(/UNRECOGNIZED_NAME$/) }),
    );
    expect(await failure()).toMatchObject({
      code: 'TRANSPORT_TLS_HANDSHAKE_FAILED',
      message: expect.stringContaining('new.example.org'),
    });
    await works(address);
  });

  it('takes the wildcard as long as the name itself has none', async () => {
    const { address } = await serve({
      serverNames: { 'new.example.org': { find: () => later(null) }, '*.example.org': wildcard },
    });
    expect(await nameFor(address, 'new.example.org')).toBe('*.example.org');
  });

  it('asks for names of no site, before it takes the default', async () => {
    const found = await read(exact);
    const otherNames: CertificateFinder = { find: (name) => (name === 'one.example.net' ? found : null) };
    const { address } = await serve({ otherNames });
    expect(await nameFor(address, 'one.example.net')).toBe('exact.example.org');
    expect(await nameFor(address, 'two.example.net')).toBe('main.example');
    const { address: strict } = await serve({ certificate: null, otherNames });
    await expect(nameFor(strict, 'two.example.net')).rejects.toThrow();
  });

  it('shows what it finds to clients that ask for no name, and keeps it while the finder fails', async () => {
    const answers = [await read(exact), null, await read(wildcard)];
    const find = (): FoundCertificate | null => {
      const next = answers.shift();
      if (next === undefined) throw new Error('no');
      return next;
    };
    const { address } = await serve({ certificate: { find } });
    const names: string[] = [];
    for (let count = 0; count < 3; count++) names.push(await certificateName(address));
    expect(names.every((name) => name === '*.example.org' || name === 'exact.example.org')).toBe(true);
    expect(names.at(-1)).toBe('*.example.org');
  });

  it.each<[string, CertificateFinder['find']]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no');
      },
    ],
    ['finds something that is none', () => ({ cert: 'x', key: 'y' })],
    ['finds something that is none, later', () => later({ pfx: Buffer.from('x'), passphrase: '' })],
    ['finds what is no object', () => 7 as never],
  ])('fails one handshake and nothing else if the finder %s', async (_, find) => {
    const { address } = await serve({ serverNames: { 'bad.example.org': { find } } });
    await expect(nameFor(address, 'bad.example.org')).rejects.toThrow();
    await failure();
    await works(address);
  });

  it('survives a client that leaves while the certificate is looked for', async () => {
    let release = (_: FoundCertificate | null): void => undefined;
    const find = () => new Promise<FoundCertificate | null>((resolve) => (release = resolve));
    const { address } = await serve({ serverNames: { 'slow.example.org': { find } } });
    const socket = tls.connect({ ...address, servername: 'slow.example.org', rejectUnauthorized: false });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    await expect.poll(() => release.length).toBe(1);
    socket.destroy();
    await failure();
    release(await read(exact));
    await works(address);
  });

  it('gives up a handshake whose certificate is never found', async () => {
    const find = () => new Promise<never>(() => undefined);
    const { address } = await serve({ handshakeTimeoutMs: 50, serverNames: { 'slow.example.org': { find } } });
    await expect(nameFor(address, 'slow.example.org')).rejects.toThrow();
    expect((await failure()).code).toBe('TRANSPORT_TLS_HANDSHAKE_TIMEOUT');
  });

  it('answers a challenge to a client that offers only acme-tls/1 (RFC 8737), and serves all others', async () => {
    const found = await read(exact);
    const challenges: CertificateFinder = { find: (name) => later(name === 'main.example' ? found : null) };
    const { address } = await serve({ challenges, alpnProtocols: ['h2', 'http/1.1'] });
    const protocols = ['acme-tls/1'];
    const socket = tls.connect({
      ...address,
      servername: 'main.example',
      rejectUnauthorized: false,
      ALPNProtocols: protocols,
    });
    await once(socket, 'secureConnect');
    expect([socket.alpnProtocol, socket.getPeerCertificate().subject.CN]).toEqual(['acme-tls/1', 'exact.example.org']);
    await once(socket.resume(), 'close');
    await failure();
    expect(await nameFor(address, 'main.example', { ALPNProtocols: ['acme-tls/1', 'http/1.1'] })).toBe('main.example');
    await expect(nameFor(address, 'other.example', { ALPNProtocols: protocols })).rejects.toThrow();
    await expect(nameFor(address, 'main.example', { ALPNProtocols: ['h3'] })).rejects.toThrow();
    await expect.poll(() => failures.length).toBeGreaterThanOrEqual(2);
    await works(address);
  });

  it('resumes sessions of certificates that were found', async () => {
    const found = await read(exact);
    const { address } = await serve({ serverNames: { 'exact.example.org': { find: () => found } } });
    const options = {
      ...address,
      servername: 'exact.example.org',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    } as const;
    const first = tls.connect(options);
    await once(first, 'secureConnect');
    const session = first.getSession()!;
    first.destroy();
    const second = tls.connect({ ...options, session });
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(true);
    second.destroy();
  });
});
