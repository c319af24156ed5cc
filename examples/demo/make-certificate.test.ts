import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
// @ts-expect-error: plain JavaScript, which needs no build
import { ensureCertificate } from './make-certificate.mjs';

const dayMs = 24 * 60 * 60 * 1000;

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'demo-certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'certificates', 'localhost.pem');
}

describe('ensureCertificate()', () => {
  it('makes one that a client can verify by name and by address', async () => {
    const file = temporaryFile();
    expect(ensureCertificate(file)).toBe(true);
    const pem = readFileSync(file);
    const server = tls.createServer({ cert: pem, key: pem }, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const servername of ['localhost', 'secure.localhost', '']) {
      const socket = tls.connect({ host: '127.0.0.1', port, servername, ca: pem });
      let said = '';
      for await (const chunk of socket) said += chunk;
      expect(said).toBe('hello');
    }
  });

  it('is for localhost, the names below it that the demo uses, and both loopback addresses', () => {
    const file = temporaryFile();
    ensureCertificate(file);
    const certificate = new X509Certificate(readFileSync(file));
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, DNS:demo.localhost, DNS:docs.localhost, DNS:secure.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect([certificate.ca, certificate.verify(certificate.publicKey)]).toEqual([false, true]);
  });

  it('keeps the key to its owner', () => {
    const file = temporaryFile();
    ensureCertificate(file);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps a certificate until its last day', () => {
    const file = temporaryFile();
    const now = Date.now();
    ensureCertificate(file, now);
    expect(ensureCertificate(file, now + 88 * dayMs)).toBe(false);
    expect(ensureCertificate(file, now + 89.5 * dayMs)).toBe(true);
    expect(ensureCertificate(file, now + 89.5 * dayMs)).toBe(false);
  });
});
