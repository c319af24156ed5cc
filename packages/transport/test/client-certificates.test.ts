import { readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import type { ConnectionInfo } from '@windhover/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { type Authority, makeAuthority } from '../../../scripts/lib/make-client-certificate.ts';
import type { CertificateFiles, TlsOptions } from '../src/index.ts';
import {
  type Address,
  answerFacts,
  exact,
  failure,
  failures,
  folder,
  main,
  serve,
  setUpTls,
  wildcard,
} from './tls-fixture.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;

describe.runIf(hasOpenssl)('client certificates', () => {
  let authority: Authority;
  let stranger: Authority;
  const shown: Record<string, tls.ConnectionOptions> = { none: {} };

  setUpTls();
  beforeAll(async () => {
    authority = await makeAuthority(folder, 'authority');
    stranger = await makeAuthority(folder, 'stranger');
    const show = ({ certFile, keyFile }: CertificateFiles) => ({
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
    });
    shown['ada'] = show(await authority.issue('ada'));
    shown['expired'] = show(await authority.issue('expired', { days: -1 }));
    shown['server'] = show(await authority.issue('server', { usage: 'serverAuth' }));
    shown['foreign'] = show(await stranger.issue('foreign'));
    const revoked = await authority.issue('revoked');
    shown['revoked'] = show(revoked);
    await authority.revoke(revoked.certFile);
  });

  const asking = (more: Partial<NonNullable<CertificateFiles['clientCertificates']>> = {}): CertificateFiles => ({
    ...exact,
    clientCertificates: { caFile: authority.caFile, ...more },
  });
  const start = (more?: Parameters<typeof asking>[0], options: Partial<TlsOptions> = {}) =>
    serve({ serverNames: { 'exact.example.org': asking(more) }, ...options }, answerFacts);

  interface Seen {
    readonly tls: ConnectionInfo['tls'];
    readonly wasAsked: boolean;
    readonly session: Buffer | undefined;
  }

  /** Connects, and returns what the server says of the connection; the code of the error if it is refused. */
  async function ask(
    address: Address,
    servername: string,
    options: tls.ConnectionOptions = {},
  ): Promise<Seen | string> {
    const socket = tls.connect({ ...address, servername, rejectUnauthorized: false, ...options });
    let session: Buffer | undefined;
    let text = '';
    socket.on('session', (each) => {
      session = each;
    });
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('secureConnect', () => socket.write('x'));
    let code = '';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? error.message;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    if (text === '') return code === '' ? 'closed' : code;
    const info = JSON.parse(text) as ConnectionInfo;
    return { tls: info.tls, wasAsked: info.tls?.clientCertificate != null, session };
  }

  describe.each(versions)('over %s', (maxVersion) => {
    it('are asked for by name: a neighbour is not asked', async () => {
      const { address } = await start();
      const with1 = { ...shown['ada'], maxVersion };
      expect(await ask(address, 'open.example', with1)).toMatchObject({ wasAsked: false });
      const safe = (await ask(address, 'exact.example.org', with1)) as Seen;
      expect(safe.tls?.clientCertificate).toMatchObject({ fault: null, raw: { type: 'Buffer' } });
    });

    it.each(['none', 'expired', 'foreign', 'server'])('refuses a client with %s where one is required', async (who) => {
      const { address } = await start();
      expect(typeof (await ask(address, 'exact.example.org', { ...shown[who], maxVersion }))).toBe('string');
      const failed = await failure();
      expect(failed.code).toBe('TRANSPORT_TLS_CLIENT_REFUSED');
      expect(String(failed)).toMatch(/the client sent no certificate|of the client is not accepted \([A-Z_]+\)/);
    });

    it('tells of a certificate that is not accepted where one is only requested', async () => {
      const { address } = await start({ mode: 'request' });
      const faultOf = async (who: string) =>
        ((await ask(address, 'exact.example.org', { ...shown[who], maxVersion })) as Seen).tls?.clientCertificate;
      expect(await faultOf('none')).toMatchObject({ raw: null, fault: null });
      expect(await faultOf('expired')).toMatchObject({ fault: 'CERT_HAS_EXPIRED' });
      expect(await faultOf('foreign')).toMatchObject({ fault: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
      expect(await faultOf('server')).toMatchObject({ fault: 'INVALID_PURPOSE' });
      expect(await faultOf('ada')).toMatchObject({ fault: null, policy: expect.stringMatching(/^:.{43}$/) });
    });

    it('resumes no session, neither that of a neighbour nor that of another client', async () => {
      const { address } = await start();
      const open = (await ask(address, 'open.example', { maxVersion })) as Seen;
      const own = (await ask(address, 'exact.example.org', { ...shown['ada'], maxVersion })) as Seen;
      for (const session of [open.session, own.session]) {
        const stolen = session === undefined ? {} : { session };
        expect(typeof (await ask(address, 'exact.example.org', { maxVersion, ...stolen }))).toBe('string');
      }
      expect(failures.length).toBeGreaterThan(0);
    });
  });

  it('are asked of clients that send no name if they are of the default', async () => {
    const { address } = await serve(
      {
        certificate: { ...main, clientCertificates: { caFile: authority.caFile } },
        serverNames: { 'a.example.org': wildcard },
      },
      answerFacts,
    );
    expect(await ask(address, 'a.example.org')).toMatchObject({ wasAsked: false });
    expect(typeof (await ask(address, ''))).toBe('string');
    expect(typeof (await ask(address, 'unknown.example'))).toBe('string');
    expect(await ask(address, '', shown['ada'])).toMatchObject({ wasAsked: true });
  });

  it('refuses a certificate that a revocation list names, also one that a reload brings', async () => {
    const crlFile = join(folder, 'current.crl');
    await copyFile(authority.emptyCrlFile, crlFile);
    const { address, secure } = await start({ crlFile });
    const before = (await ask(address, 'exact.example.org', shown['revoked'])) as Seen;
    expect(before.tls?.clientCertificate).toMatchObject({ fault: null });
    await copyFile(authority.crlFile, crlFile);
    await secure.reload();
    expect(typeof (await ask(address, 'exact.example.org', shown['revoked']))).toBe('string');
    expect(String(await failure())).toContain('(CERT_REVOKED)');
    const after = (await ask(address, 'exact.example.org', shown['ada'])) as Seen;
    expect(after.tls?.clientCertificate?.policy).not.toBe(before.tls?.clientCertificate?.policy);
  });

  it('names the file that is wrong', async () => {
    await expect(start({ caFile: main.keyFile })).rejects.toThrow(/main\.example\.key: PEM blocks "-----BEGIN CERT/);
    await expect(start({ crlFile: main.certFile })).rejects.toThrow(/main\.example\.crt: PEM blocks "-----BEGIN X509/);
    await expect(start({ caFile: join(folder, 'gone') })).rejects.toThrow(/gone\. There is no such file/);
    await expect(start({ mode: 'on' as never })).rejects.toThrow(/mode: expected 'require' or 'request', found "on"/);
    await expect(start({ ca: 'x' } as never)).rejects.toThrow(/clientCertificates: /);
  });
});
