import { randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { type Clock, systemClock } from '@windhover/core';
import type { CertificateIssuer } from '../certificate-issuer.ts';
import type { CertificateStore } from '../certificate-store.ts';
import { formatStored, type KeyedCertificate, parseStored } from '../stored-certificate.ts';

const day = 86_400_000;
/** As long as a machine lives: who has installed it does not want to do so again. */
const rootDays = 3650;
/** Short, since it is renewed by itself. Browsers take at most 398 days. */
const leafDays = 30;
/** Clocks of two machines may differ. */
const backdateMs = 60 * 60_000;

const rootTextName = 'local/authority.pem';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The authority of this machine, for development and for names inside. */
export interface LocalAuthority extends CertificateIssuer {
  /** Returns its certificate, PEM, for clients to trust. It is made on first use. */
  root(): Promise<string>;
}

type X509 = typeof import('@peculiar/x509');

/** Creates the authority whose key is in the store; whoever can read the store can issue certificates that its friends trust. */
export function createLocalAuthority(store: CertificateStore, clock: Clock = systemClock): LocalAuthority {
  return {
    name: 'local',
    refusal: () => null,
    root: async () => (await readRoot(store, clock)).cert,
    async issue(names) {
      const x509 = await import('@peculiar/x509'); // takes a while, and most starts need none
      const root = await readRoot(store, clock);
      const issuer = new x509.X509Certificate(root.cert);
      const keys = await makeKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: randomSerial(),
        subject: `CN=${names[0]!.slice(0, 64)}`,
        issuer: issuer.subject,
        notBefore: new Date(clock.now() - backdateMs),
        notAfter: new Date(Math.min(clock.now() + leafDays * day, issuer.notAfter.getTime())),
        publicKey: keys.publicKey,
        signingKey: await importKey(root.key),
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(names.map((name) => alternativeName(name))),
          await x509.AuthorityKeyIdentifierExtension.create(issuer),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      return { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
    },
  };
}

/** Reads the root, or makes it. Two processes that make one at once agree on the one that was written last. */
async function readRoot(store: CertificateStore, clock: Clock): Promise<KeyedCertificate> {
  const text = await store.get(rootTextName);
  if (text !== null) return parseStored(text);
  await store.set(rootTextName, formatStored(await makeRoot(await import('@peculiar/x509'), clock), 'itself'));
  return parseStored((await store.get(rootTextName))!);
}

async function makeRoot(x509: X509, clock: Clock): Promise<KeyedCertificate> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: `CN=Windhover local authority (${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '')})`,
    notBefore: new Date(clock.now() - backdateMs),
    notAfter: new Date(clock.now() + rootDays * day),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

function alternativeName(name: string): { readonly type: 'ip' | 'dns'; readonly value: string } {
  const address = name.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 ? { type: 'dns', value: name } : { type: 'ip', value: address };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await globalThis.crypto.subtle.exportKey('pkcs8', key));
  const lines = bytes.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  return globalThis.crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']) as Promise<webcrypto.CryptoKey>;
}

/** A positive number of 16 bytes (RFC 5280 §4.1.2.2). */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}
