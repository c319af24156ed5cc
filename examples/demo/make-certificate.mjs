// Makes the demo's certificate, with nothing but Node. `npm start` calls it; alone: node examples/demo/make-certificate.mjs [file]
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the configuration of the demo expects it: the certificate, then its key. */
export const certificateFile = fileURLToPath(new URL('certificates/localhost.pem', import.meta.url));

const dayMs = 24 * 60 * 60 * 1000;
const names = ['localhost', 'demo.localhost', 'docs.localhost', 'secure.localhost'];
const addresses = [
  [127, 0, 0, 1],
  [...Array(15).fill(0), 1],
];

/** Makes the file if there is none, or if its certificate ends within a day. Returns whether it did. */
export function ensureCertificate(file = certificateFile, nowMs = Date.now()) {
  if (isGood(file, nowMs)) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, makeCertificate(nowMs), { mode: 0o600 });
  return true;
}

function isGood(file, nowMs) {
  try {
    return Date.parse(new X509Certificate(readFileSync(file)).validTo) > nowMs + dayMs;
  } catch {
    return false; // no file, or not a certificate
  }
}

/** A self-signed certificate for `localhost` and its key, as PEM. RFC 5280 §4.1. */
function makeCertificate(nowMs) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302')); // ECDSA with SHA-256
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from('Windhover demo')))));
  const content = sequence(
    der(0xa0, integer([2])), // version 3
    integer([0x40, ...randomBytes(15)]), // serial number
    algorithm,
    name, // of the issuer
    sequence(time(nowMs - dayMs), time(nowMs + 90 * dayMs)),
    name, // of the subject
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions())),
  );
  const certificate = sequence(content, algorithm, bits(sign('sha256', content, privateKey)));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n${key}`;
}

function extensions() {
  const isCritical = der(0x01, [0xff]);
  return [
    sequence(oid('551d13'), isCritical, octets(sequence())), // basicConstraints: not an authority
    sequence(oid('551d0f'), isCritical, octets(der(0x03, [7, 0x80]))), // keyUsage: digitalSignature
    sequence(oid('551d25'), octets(sequence(oid('2b06010505070301')))), // extKeyUsage: serverAuth
    sequence(oid('551d11'), octets(sequence(...alternativeNames()))),
  ];
}

function alternativeNames() {
  return [...names.map((name) => der(0x82, Buffer.from(name))), ...addresses.map((address) => der(0x87, address))];
}

/** One value in DER: a tag, the length of the content, the content. */
function der(tag, ...parts) {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts) {
  return der(0x30, ...parts);
}

function set(...parts) {
  return der(0x31, ...parts);
}

function integer(bytes) {
  return der(0x02, bytes);
}

function oid(hex) {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function octets(content) {
  return der(0x04, content);
}

function bits(content) {
  return der(0x03, [0], content);
}

/** RFC 5280 §4.1.2.5: two digits for the year, which is enough until 2049. */
function time(ms) {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/^..|[-:T]|\.\d+/g, '')}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file = certificateFile] = process.argv;
  console.log(`${file} ${ensureCertificate(file) ? 'is made' : 'is there already'}`);
}
