import { type DerValue, derHex, derInside, derValues } from './read-der.ts';
import { pemCertificates } from './read-pem.ts';

/** What a certificate and its key say, read without OpenSSL. */
export interface PairFacts {
  /** PEM: the key alone, as it stands in its file. */
  readonly key: string;
  /** In milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
  /** The host names that it is for, in lower case. */
  readonly dnsNames: readonly string[];
}

/**
 * Looks at a certificate and its key, and compares the public key in both, as OpenSSL does. OpenSSL takes half a millisecond for the same, which adds up with
 * thousands of certificates. `null`: something about them is unusual or wrong, so that OpenSSL has to look. Expects RSA of 2048 bits or more, or a curve of
 * NIST, signed with SHA-2, also in the rest of the chain, and a key that is not encrypted and names its public key.
 */
export function glanceAtPair(cert: string, key: string): PairFacts | null {
  const blocks = [...cert.matchAll(certificateBlock)];
  const [leaf, ...chain] = blocks.map(([, base64]) => readCertificate(derOf(base64!)));
  const secret = keyBlock.exec(key);
  const isWhole = blocks.length === pemCertificates(cert).length && !chain.includes(null);
  if (!isWhole || leaf === undefined || leaf === null || leaf.dnsNames === null || secret === null) return null;
  const { publicKey, dnsNames, ...dates } = leaf;
  if (publicKey !== publicKeyOf(secret[1]!, derOf(secret[2]!))) return null;
  return { key: secret[0], dnsNames, ...dates };
}

/** Whether a certificate for these names is one for `name`, which may begin with `*.`. */
export function coversName(dnsNames: readonly string[], name: string): boolean {
  const wildcard = `*${name.slice(name.indexOf('.'))}`;
  return dnsNames.includes(name) || (name.includes('.') && dnsNames.includes(wildcard));
}

// OpenSSL takes a block only if its marks have lines of their own (RFC 7468 §3), and then nothing but base64 in it. Header lines, as of encrypted keys, are left
// to it, as are longer lines, which not all of its versions read.
const base64Lines = '[ \\t]*\\r?\\n((?:[A-Za-z0-9+/]{1,76}={0,2}[ \\t]*\\r?\\n)+)';
const certificateBlock = new RegExp(
  `^-----BEGIN CERTIFICATE-----${base64Lines}-----END CERTIFICATE-----[ \\t]*\\r?$`,
  'gm',
);
const keyBlock = new RegExp(
  `^-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----${base64Lines}-----END \\1-----[ \\t]*\\r?$`,
  'm',
);

const sequence = 0x30;
const bitString = 0x03;
const octets = 0x04;
const integer = 0x02;
const nothing = 0x05;
const objectIdentifier = 0x06;
const ofRsa = '2a864886f70d010101';
const ofCurves = '2a8648ce3d0201';
const curves = new Set(['2a8648ce3d030107', '2b81040022', '2b81040023']); // P-256, P-384, P-521
const signatures = /^(?:2a8648ce3d04030[234]|2a864886f70d01010[bcd])$/; // ECDSA and RSA with SHA-256, -384 and -512
const subjectAltName = '551d11';

/** Empty if it is not whole: Node would skip what is wrong, OpenSSL refuses it. */
function derOf(base64: string): Buffer {
  const text = base64.replace(/\s+/g, '');
  return /^[^=]*={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}

/** RFC 5280 §4.1. */
function readCertificate(der: Buffer) {
  const [whole, ...more] = derValues(der) ?? [];
  const [signed, algorithm, , ...others] = derInside(der, whole, sequence) ?? [];
  const [version, , , , validity, , key, ...rest] = derInside(der, signed, sequence) ?? [];
  if (more.length > 0 || others.length > 0 || version?.tag !== 0xa0) return null;
  const [signature] = derInside(der, algorithm, sequence) ?? [];
  const [from, to] = derInside(der, validity, sequence) ?? [];
  const publicKey = publicKeyIn(der, key);
  if (!signatures.test(identifier(der, signature)) || publicKey === null) return null;
  const [validFrom, validTo] = [timeOf(der, from), timeOf(der, to)];
  if (validFrom === null || validTo === null) return null;
  return { validFrom, validTo, dnsNames: namesIn(der, rest.at(-1)), publicKey };
}

/** The public key as text, to compare; `null`: of another kind. RFC 3279 §2.3. */
function publicKeyIn(der: Buffer, value: DerValue | undefined): string | null {
  const [algorithm, bits] = derInside(der, value, sequence) ?? [];
  const [kind, curve] = derInside(der, algorithm, sequence) ?? [];
  if (bits?.tag !== bitString) return null;
  if (identifier(der, kind) === ofCurves) return ofCurve(identifier(der, curve), derHex(der, bits));
  if (identifier(der, kind) !== ofRsa || curve?.tag !== nothing || der[bits.from] !== 0) return null;
  const [whole] = derValues(der, bits.from + 1, bits.to) ?? [];
  const [modulus, exponent] = derInside(der, whole, sequence) ?? [];
  return ofNumbers(der, modulus, exponent);
}

/** PKCS #8 (RFC 5958), or what it has inside. */
function publicKeyOf(label: string, der: Buffer): string | null {
  const [whole, ...more] = derValues(der) ?? [];
  if (more.length > 0) return null;
  if (label === 'RSA PRIVATE KEY') return publicKeyOfRsa(der, whole);
  if (label === 'EC PRIVATE KEY') return publicKeyOfCurve(der, whole, null);
  const [, algorithm, inner] = derInside(der, whole, sequence) ?? [];
  const [kind, curve] = derInside(der, algorithm, sequence) ?? [];
  if (inner?.tag !== octets) return null;
  const [secret, ...others] = derValues(der, inner.from, inner.to) ?? [];
  if (others.length > 0) return null;
  if (identifier(der, kind) === ofRsa) return publicKeyOfRsa(der, secret);
  return identifier(der, kind) === ofCurves ? publicKeyOfCurve(der, secret, identifier(der, curve)) : null;
}

/** RFC 8017 §A.1.2. */
function publicKeyOfRsa(der: Buffer, value: DerValue | undefined): string | null {
  const numbers = derInside(der, value, sequence) ?? [];
  const isWhole = numbers.length === 9 && numbers.every(({ tag, from, to }) => tag === integer && to > from);
  return isWhole ? ofNumbers(der, numbers[1], numbers[2]) : null;
}

/** RFC 5915. */
function publicKeyOfCurve(der: Buffer, value: DerValue | undefined, curve: string | null): string | null {
  const [version, secret, ...rest] = derInside(der, value, sequence) ?? [];
  if (version?.tag !== integer || secret?.tag !== octets) return null;
  const [named] =
    derInside(
      der,
      rest.find(({ tag }) => tag === 0xa0),
      0xa0,
    ) ?? [];
  const [bits] =
    derInside(
      der,
      rest.find(({ tag }) => tag === 0xa1),
      0xa1,
    ) ?? [];
  const own = named === undefined ? curve : identifier(der, named);
  if (own === null || bits?.tag !== bitString || (curve !== null && curve !== own)) return null;
  return ofCurve(own, derHex(der, bits));
}

/** An object identifier in hexadecimal; of anything else an empty text. */
function identifier(der: Buffer, value: DerValue | undefined): string {
  return value?.tag === objectIdentifier ? derHex(der, value) : '';
}

function ofCurve(curve: string, point: string): string | null {
  return curves.has(curve) ? `${curve} ${point}` : null;
}

/** From 2048 bits on; OpenSSL refuses shorter ones, depending on its settings. */
function ofNumbers(der: Buffer, modulus: DerValue | undefined, exponent: DerValue | undefined): string | null {
  if (modulus?.tag !== integer || exponent?.tag !== integer || modulus.to - modulus.from < 257) return null;
  return `${derHex(der, modulus)} ${derHex(der, exponent)}`;
}

/** RFC 5280 §4.1.2.5: years of two digits belong to 1950 to 2049. */
function timeOf(der: Buffer, value: DerValue | undefined): number | null {
  if (value === undefined) return null;
  const text = der.toString('latin1', value.from, value.to);
  const whole = value.tag === 0x17 ? `${text < '5' ? '20' : '19'}${text}` : text;
  if ((value.tag !== 0x17 && value.tag !== 0x18) || !/^\d{14}Z$/.test(whole)) return null;
  const time = Date.parse(whole.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return Number.isNaN(time) ? null : time;
}

/** The host names in the extensions (RFC 5280 §4.2.1.6). `null`: there are none. */
function namesIn(der: Buffer, value: DerValue | undefined): readonly string[] | null {
  const [all] = derInside(der, value, 0xa3) ?? [];
  for (const extension of derInside(der, all, sequence) ?? []) {
    const parts = derInside(der, extension, sequence) ?? [];
    const content = parts.at(-1);
    if (content?.tag !== octets || identifier(der, parts[0]) !== subjectAltName) continue;
    const [list] = derValues(der, content.from, content.to) ?? [];
    const names = derInside(der, list, sequence);
    return (
      names?.flatMap(({ tag, from, to }) => (tag === 0x82 ? [der.toString('latin1', from, to).toLowerCase()] : [])) ??
      null
    );
  }
  return null;
}
