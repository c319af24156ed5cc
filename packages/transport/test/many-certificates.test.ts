import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import type { CertificateFiles, TransportError } from '../src/index.ts';
import { exact, facts, folder, answerFacts as report, serve, setUpTls, works } from './tls-fixture.ts';

setUpTls();

/** Certificates in files of their own. */
async function copies(count: number, of: CertificateFiles = exact): Promise<Record<string, CertificateFiles>> {
  const names: Record<string, CertificateFiles> = {};
  for (let index = 0; index < count; index++) {
    const files = { certFile: join(folder, `copy-${index}.crt`), keyFile: join(folder, `copy-${index}.key`) };
    await copyFile(of.certFile, files.certFile);
    await copyFile(of.keyFile, files.keyFile);
    names[`host-${index}.example`] = files;
  }
  return names;
}

/** A key of a kind that only OpenSSL can compare with its certificate. */
async function unusual(): Promise<CertificateFiles> {
  const files = { certFile: join(folder, 'unusual.crt'), keyFile: join(folder, 'unusual.key') };
  const key = ['-newkey', 'ed25519', '-nodes', '-keyout', files.keyFile, '-subj', '/CN=unusual.example'];
  await promisify(execFile)('openssl', ['req', '-x509', ...key, '-out', files.certFile]);
  return files;
}

/** A key of 512 bits, which OpenSSL does not take in a handshake. */
async function weak(): Promise<CertificateFiles> {
  const files = { certFile: join(folder, 'weak.crt'), keyFile: join(folder, 'weak.key') };
  const key = ['-newkey', 'rsa:512', '-nodes', '-keyout', files.keyFile];
  const subject = ['-subj', '/CN=weak.example', '-addext', 'subjectAltName=DNS:weak.example'];
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...subject, '-out', files.certFile]);
  return files;
}

describe.runIf(hasOpenssl)('the contexts of certificate files', () => {
  it('are made when clients ask for them, if there are many, and work then', async () => {
    const { address } = await serve({ serverNames: await copies(130), onWarning: () => undefined }, report);
    for (const servername of ['host-0.example', 'host-129.example', 'host-129.example', 'unknown.example']) {
      const { name } = await facts(address, { servername });
      expect(name).toBe(servername.startsWith('host') ? 'exact.example.org' : 'main.example');
    }
  });

  it('are made at the start, also after many usual ones: what OpenSSL does not take is told', async () => {
    await expect(
      serve({ serverNames: { ...(await copies(100)), 'weak.example': await weak() } }),
    ).rejects.toMatchObject({
      code: 'TRANSPORT_TLS_BAD_CERTIFICATE',
    });
  });

  it('are told of once where OpenSSL does not take one later, and others go on', async () => {
    const warnings: TransportError[] = [];
    const { address } = await serve({
      serverNames: { ...(await copies(100, await unusual())), 'weak.example': await weak() },
      onWarning: (warning) => warnings.push(warning),
    });
    warnings.length = 0; // the copies are for another name
    await expect(facts(address, { servername: 'weak.example' })).rejects.toThrow();
    await expect(facts(address, { servername: 'weak.example' })).rejects.toThrow();
    expect(warnings.map(({ code }) => code)).toEqual(['TRANSPORT_TLS_BAD_CERTIFICATE']);
    expect(warnings[0]!.message).toContain('weak.crt');
    await works(address);
  });
});
