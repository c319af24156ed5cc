import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../../scripts/lib/make-certificate.ts';
import { coversName, glanceAtPair } from './glance-at-pair.ts';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const names = 'subjectAltName=DNS:one.example,DNS:*.Two.example,IP:127.0.0.1';
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

function make(options: readonly string[], more: readonly string[] = ['-addext', names]): Pair {
  const folder = mkdtempSync(join(tmpdir(), 'glance-'));
  const [cert, key] = [join(folder, 'a.crt'), join(folder, 'a.key')];
  const usual = ['-nodes', '-days', '30', '-subj', '/CN=one.example'];
  execFileSync('openssl', ['req', '-x509', ...options, ...usual, ...more, '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  });
  const pair = { cert: readFileSync(cert, 'latin1'), key: readFileSync(key, 'latin1') };
  rmSync(folder, { recursive: true });
  return pair;
}

const traditional = ({ cert, key }: Pair): Pair => ({
  cert,
  key: execFileSync('openssl', ['pkey', '-traditional'], { input: key, encoding: 'latin1' }),
});

describe.runIf(hasOpenssl)('glanceAtPair()', () => {
  it.each([
    ['RSA', () => make(['-newkey', 'rsa:2048'])],
    ['RSA in PKCS #1', () => traditional(make(['-newkey', 'rsa:2048']))],
    ['P-256', () => make(curve)],
    ['P-256 in SEC1', () => traditional(make(curve))],
    ['P-384', () => make(['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1', '-sha384'])],
  ])('says of %s what OpenSSL says', (_kind, made) => {
    const { cert, key } = made();
    const leaf = new X509Certificate(cert);
    expect(glanceAtPair(`# ours\n${cert}`, `${key}${cert}`)).toEqual({
      key: key.slice(key.indexOf('-----BEGIN')).trimEnd(),
      validFrom: Date.parse(leaf.validFrom),
      validTo: Date.parse(leaf.validTo),
      dnsNames: ['one.example', '*.two.example'],
    });
  });

  it.each([
    ['a short key', () => make(['-newkey', 'rsa:1024'])],
    ['Ed25519', () => make(['-newkey', 'ed25519'])],
    ['another curve', () => make(['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'])],
    ['a signature with SHA-1', () => make([...curve, '-sha1'])],
    ['no host names', () => make(curve, [])],
    ['the key of another certificate', () => ({ ...make(curve), key: make(curve).key })],
    [
      'the key of another certificate, RSA',
      () => ({ ...make(['-newkey', 'rsa:2048']), key: make(['-newkey', 'rsa:2048']).key }),
    ],
    ['no certificate', () => ({ ...make(curve), cert: '' })],
    ['no key', () => ({ ...make(curve), key: '' })],
    [
      'an encrypted key',
      () => {
        const { cert, key } = make(curve);
        const input = { input: key, encoding: 'latin1' as const };
        return { cert, key: execFileSync('openssl', ['pkey', '-aes128', '-passout', 'pass:x'], input) };
      },
    ],
  ])('leaves %s to OpenSSL', (_kind, made) => {
    const { cert, key } = made();
    expect(glanceAtPair(cert, key)).toBeNull();
  });

  it.each<[string, (block: string) => string]>([
    ['without line ends', (block) => block.replaceAll('\n', '')],
    ['with spaces for its line ends', (block) => block.replaceAll('\n', ' ')],
    ['with half of its line ends', (block) => block.replaceAll('\n', '\r')],
    ['with empty lines', (block) => block.replaceAll('\n', '\n\n')],
    ['that is indented', (block) => block.replace(/^/gm, '  ')],
    ['behind other text', (block) => `ours: ${block}`],
    ['with other characters', (block) => block.replace('\n', '\n!')],
    ['without its last character', (block) => block.replace(/.(?=\n--)/, '')],
    ['that runs into the next', (block) => block.trimEnd() + block],
  ])('leaves a block to OpenSSL %s, which refuses it', (_kind, change) => {
    const { cert, key } = make(curve);
    expect(glanceAtPair(cert, key)).not.toBeNull();
    expect(() => createSecureContext({ cert: change(cert), key })).toThrow();
    expect(glanceAtPair(change(cert), key)).toBeNull();
    expect(() => createPrivateKey(change(key))).toThrow();
    expect(glanceAtPair(cert, change(key))).toBeNull();
  });

  it.each([
    ['signed with SHA-1', () => make([...curve, '-sha1']).cert],
    ['with a short key', () => make(['-newkey', 'rsa:1024']).cert],
    ['that is something else', () => '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n'],
  ])('leaves a chain to OpenSSL with a certificate %s', (_kind, made) => {
    const { cert, key } = make(curve);
    expect(glanceAtPair(cert + make(curve).cert, key)).not.toBeNull();
    expect(glanceAtPair(cert + made(), key)).toBeNull();
  });

  it.each([
    ['P-256', () => make(curve)],
    ['RSA', () => make(['-newkey', 'rsa:2048'])],
  ])('leaves %s to OpenSSL wherever a file is cut off', (_kind, made) => {
    const { cert, key } = made();
    for (let length = 0; length < cert.length - 30; length += 1)
      expect(glanceAtPair(cert.slice(0, length), key)).toBeNull();
    for (let length = 0; length < key.length - 30; length += 1)
      expect(glanceAtPair(cert, key.slice(0, length))).toBeNull();
  });

  it('says nothing of another public key than OpenSSL finds, whichever byte of a file is wrong', () => {
    const { cert, key } = make(curve);
    const matches = (changed: Pair): boolean => {
      try {
        return new X509Certificate(changed.cert).checkPrivateKey(createPrivateKey(changed.key));
      } catch {
        return true; // not a matter of the key: OpenSSL cannot read it, and says so when the first client asks
      }
    };
    for (const name of ['cert', 'key'] as const) {
      const text = { cert, key }[name];
      for (let at = 0; at < text.length; at += 1) {
        const changed = {
          cert,
          key,
          [name]: `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`,
        };
        if (glanceAtPair(changed.cert, changed.key) !== null)
          expect([name, at, matches(changed)]).toEqual([name, at, true]);
      }
    }
  });
});

describe('coversName()', () => {
  it.each([
    ['a.example', true],
    ['b.example', false],
    ['x.two.example', true],
    ['*.two.example', true],
    ['two.example', false],
    ['x.y.two.example', false],
    ['example', false],
  ])('says of %s that it is covered: %s', (name, expected) => {
    expect(coversName(['a.example', '*.two.example'], name)).toBe(expected);
  });
});
