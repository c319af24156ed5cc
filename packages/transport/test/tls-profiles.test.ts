import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import type { TlsOptions } from '../src/index.ts';
import { type Address, serve, setUpTls } from './tls-fixture.ts';

setUpTls();

const run = promisify(execFile);

/** The suite that a client of one version agrees on with the server, if it offers only these. */
async function agreed(address: Address, options: tls.ConnectionOptions): Promise<string> {
  const socket = tls.connect({ ...address, servername: 'main.example', rejectUnauthorized: false, ...options });
  const result = await new Promise<string>((resolve) => {
    socket.once('secureConnect', () => resolve(socket.getCipher().name));
    socket.once('error', () => resolve('refused'));
  });
  socket.destroy();
  return result;
}

describe.runIf(hasOpenssl)('the profiles of createTls()', () => {
  it.each<[NonNullable<TlsOptions['profile']> | undefined, string, string, string]>([
    [undefined, 'ECDHE-ECDSA-AES128-GCM-SHA256', 'refused', 'TLS_AES_128_GCM_SHA256'],
    ['intermediate', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'refused', 'TLS_AES_128_GCM_SHA256'],
    ['modern', 'refused', 'refused', 'TLS_AES_128_GCM_SHA256'],
    ['compatible', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'TLS_AES_128_GCM_SHA256'],
  ])('%s: agrees on the right suites with new, old and very old clients', async (profile, tls12, cbc, tls13) => {
    const { address } = await serve(profile === undefined ? {} : { profile });
    const of12 = { maxVersion: 'TLSv1.2' } as const;
    expect(await agreed(address, of12)).toBe(tls12);
    expect(await agreed(address, { ...of12, ciphers: 'ECDHE-ECDSA-AES128-SHA' })).toBe(cbc);
    expect(await agreed(address, { ...of12, ciphers: 'AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256' })).toBe('refused');
    expect(await agreed(address, {})).toBe(tls13);
  });

  it('follow what is said about version and suites', async () => {
    const { address } = await serve({ profile: 'compatible', minVersion: 'TLSv1.3' });
    expect(await agreed(address, { maxVersion: 'TLSv1.2' })).toBe('refused');
    const { address: own } = await serve({ ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384' });
    expect(await agreed(own, { maxVersion: 'TLSv1.2' })).toBe('ECDHE-ECDSA-AES256-GCM-SHA384');
  });

  it.skipIf(!hasPeer('sslscan'))('show sslscan nothing that is weak by default', async () => {
    const { address } = await serve();
    const { stdout } = await run('sslscan', ['--no-colour', `${address.host}:${address.port}`]);
    expect(stdout).toMatch(/TLSv1\.2 +enabled/);
    expect(stdout).toMatch(/TLSv1\.3 +enabled/);
    expect(stdout).toMatch(/TLSv1\.1 +disabled/);
    expect(stdout).toMatch(/TLSv1\.0 +disabled/);
    expect(stdout).toMatch(
      /Session renegotiation not supported|Insecure session renegotiation +not supported|Secure session renegotiation/,
    );
    expect(stdout).not.toMatch(/Compression enabled|ffdhe/);
    expect(stdout).not.toMatch(/TLSv1\.[0-3] vulnerable|Accepted +TLSv1\.[01]|CBC|-SHA\b|RC4|DES/);
  });

  it.skipIf(!hasPeer('testssl'))('show testssl.sh nothing above LOW by default', { timeout: 300_000 }, async () => {
    const { address } = await serve();
    const folder = await mkdtemp(join(tmpdir(), 'testssl-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'found.json');
    const checks = ['--protocols', '--server-preference', '--fs', '--vulnerable', '--std'];
    const options = ['--quiet', '--color', '0', '--warnings', 'batch', '--jsonfile', file, '--nodns', 'min'];
    await run('testssl', [...options, ...checks, `${address.host}:${address.port}`]).catch(() => undefined); // its code counts findings
    const found = JSON.parse(await readFile(file, 'utf8')) as { id: string; severity: string; finding: string }[];
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ severity }) => /^(?:LOW|MEDIUM|HIGH|CRITICAL|FATAL)$/.test(severity))).toEqual([]);
  });
});
