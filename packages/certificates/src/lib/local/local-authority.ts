import { randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { type Clock, systemClock } from '@windhover/core';
import { createMemoryLeases, type LeaseStore, withLease } from '@windhover/leases';
import type { CertificateIssuer } from '../certificate-issuer.ts';
import type { CertificateStore } from '../certificate-store.ts';
import { isLocalhost } from '../name-rules.ts';
import { formatStored, type KeyedCertificate, parseStored } from '../stored-certificate.ts';

const day = 86_400_000;
/** As long as a machine lives: who has installed it does not want to do so again. */
const rootDays = 3650;
/** Short, since it is renewed by itself. Browsers take at most 398 days. */
const leafDays = 30;
/** Clocks of two machines may differ. */
const backdateMs = 60 * 60_000;

/** How soon to look whether somebody else has made it. */
const againMs = 100;

const rootTextName = 'local/authority.pem';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The authority of this machine, for development and for names inside. */
export interface LocalAuthority extends CertificateIssuer {
  /** Returns its certificate, PEM, for clients to trust. It is made on first use. */
  root(): Promise<string>;
}

type X509 = typeof import('@peculiar/x509');

/** Options of `createLocalAuthority`. */
export interface LocalAuthorityOptions {
  /** Lets one of several processes make the authority. Default: only this process uses the store. */
  readonly leases?: LeaseStore;
  readonly clock?: Clock;
}

/** Creates the authority whose key is in the store; whoever can read the store can issue certificates that its friends trust. */
export function createLocalAuthority(store: CertificateStore, options: LocalAuthorityOptions = {}): LocalAuthority {
  const { clock = systemClock, leases = createMemoryLeases({ clock }) } = options;
  let reading: Promise<KeyedCertificate> | null = null;
  const getRoot = (): Promise<KeyedCertificate> => {
    reading ??= readRoot(store, leases, clock).finally(() => {
      reading = null;
    });
    return reading;
  };
  return {
    name: 'local',
    refusal: () => null,
    root: async () => (await getRoot()).cert,
    async issue(names) {
      const x509 = await import('@peculiar/x509'); // takes a while, and most starts need none
      const root = await getRoot();
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
          new x509.SubjectAlternativeNameExtension(alternativeNames(names)),
          await x509.AuthorityKeyIdentifierExtension.create(issuer),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      return { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
    },
  };
}

/** Reads the root, or makes it as the one who has the lease. */
async function readRoot(store: CertificateStore, leases: LeaseStore, clock: Clock): Promise<KeyedCertificate> {
  const read = async (): Promise<KeyedCertificate | null> => {
    const text = await store.get(rootTextName);
    return text === null ? null : parseStored(text);
  };
  const make = async (): Promise<void> => {
    if ((await store.get(rootTextName)) !== null) return;
    const root = await makeRoot(await import('@peculiar/x509'), clock);
    await store.set('local/root.crt', root.cert); // without the key, for people and programs
    await store.set(rootTextName, formatStored(root, 'itself'));
  };
  for (;;) {
    const root = await read();
    if (root !== null) return root;
    const held = await withLease(leases, 'local authority', make, { clock });
    if (!held.isHeld) await new Promise<void>((resolve) => void clock.schedule(againMs, resolve));
  }
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

/** Browsers come to this machine by any of these. */
const loopback = ['localhost', '127.0.0.1', '::1'];

function alternativeNames(names: readonly string[]) {
  const more = names.some(isLocalhost) ? loopback : [];
  return [...new Set([...names, ...more])].map(alternativeName);
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
