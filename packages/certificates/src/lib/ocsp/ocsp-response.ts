import { verify, X509Certificate } from 'node:crypto';
import { certificateError } from '../errors.ts';
import { type DerValue, derContent, derParts, derTagOf, derTags, readDer } from './der.ts';
import { sha1Oid } from './ocsp-request.ts';
import type { OcspSubject } from './ocsp-subject.ts';

/** What a responder says about a certificate. Times are in milliseconds since the epoch. */
export interface OcspAnswer {
  readonly state: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: number;
  /** `null`: newer information may be there at any time. */
  readonly nextUpdate: number | null;
}

/** By how much the clock of a responder, or of its authority, may be ahead of ours. */
const skewMs = 300_000;
/** One that signs for the authority is enough; each costs a verification. */
const maxSigners = 4;

/**
 * Reads the answer of a responder (RFC 6960 §4.2) and checks it as §3.2 says: it is about this certificate, signed by its issuer or by a signer that
 * the issuer has named, and of now. Throws `CERTIFICATES_OCSP_FAILED`.
 */
export function readOcspResponse(bytes: Uint8Array, subject: OcspSubject, now: number): OcspAnswer {
  const whole = readDer(bytes);
  if (whole.whole.length < bytes.length) throw refuse('something follows the answer'); // it would be stapled along with it
  const [status, responseBytes] = derParts(whole);
  const [code] = derContent(status, derTags.enumerated);
  if (code !== 0) throw refuse(`the responder answers ${statusNames[code ?? -1] ?? `status ${code}`}`);
  const [type, response] = derParts(derParts(responseBytes, derTagOf(0))[0]);
  if (!isSame(derContent(type, derTags.oid), basicOid)) throw refuse('the answer is of an unknown kind');
  const [data, algorithm, signature, signers] = derParts(readDer(derContent(response, derTags.octetString)));
  const parts = derParts(data).filter(({ tag }) => tag !== derTagOf(0)); // without the version
  const answers = derParts(parts[2]).map((each) => derParts(each));
  const found = answers.find(([certId]) => isAbout(certId, subject));
  if (found === undefined) throw refuse('the answer is about another certificate');
  const answer = readAnswer(found);
  const check = signatureCheck(data!, derParts(algorithm)[0], bitsOf(signature));
  const isSigned = signersOf(signers, subject, now).some((signer) => check(signer));
  if (!isSigned) throw refuse('the answer is not signed by the issuer of the certificate, nor for it');
  if (answer.thisUpdate > now + skewMs) throw refuse('the answer is of the future. Is the clock right?');
  if (answer.nextUpdate !== null && answer.nextUpdate <= now) throw refuse('the answer has expired');
  return answer;
}

/** 1.3.6.1.5.5.7.48.1.1 */
const basicOid = Buffer.from('2b0601050507300101', 'hex');

const statusNames: Readonly<Record<number, string>> = {
  ...{ 1: 'malformedRequest', 2: 'internalError', 3: 'tryLater', 5: 'sigRequired', 6: 'unauthorized' },
};

function isAbout(certId: DerValue | undefined, subject: OcspSubject): boolean {
  const [algorithm, name, key, serial] = derParts(certId);
  return (
    isSame(derContent(derParts(algorithm)[0], derTags.oid), sha1Oid) &&
    isSame(derContent(name, derTags.octetString), subject.issuerNameHash) &&
    isSame(derContent(key, derTags.octetString), subject.issuerKeyHash) &&
    isSame(derContent(serial, derTags.integer), subject.serial)
  );
}

function readAnswer([, state, thisUpdate, ...rest]: readonly DerValue[]): OcspAnswer {
  const next = rest.find(({ tag }) => tag === derTagOf(0));
  return {
    state: state?.tag === 0x80 ? 'good' : state?.tag === derTagOf(1) ? 'revoked' : 'unknown',
    thisUpdate: readTime(thisUpdate),
    nextUpdate: next === undefined ? null : readTime(readDer(next.content)),
  };
}

function readTime(value: DerValue | undefined): number {
  const text = Buffer.from(derContent(value, derTags.generalizedTime)).toString('latin1');
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const time = found === null ? Number.NaN : Date.parse(text.replace(found[0], isoOf(found)));
  if (Number.isNaN(time)) throw refuse('a time of the answer cannot be read');
  return time;
}

function isoOf([, year, month, day, hour, minute, second]: RegExpExecArray): string {
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

function bitsOf(signature: DerValue | undefined): Uint8Array {
  const [unused, ...bits] = derContent(signature, derTags.bitString);
  if (unused !== 0) throw refuse('the signature of the answer cannot be read');
  return Uint8Array.from(bits);
}

/** The issuer, and those of the certificates in the answer that it lets sign answers (RFC 6960 §4.2.2.2). */
function signersOf(given: DerValue | undefined, { issuer }: OcspSubject, now: number): readonly X509Certificate[] {
  if (given === undefined) return [issuer];
  const others = derParts(derParts(given, derTagOf(0))[0])
    .slice(0, maxSigners)
    .map(({ whole }) => readCertificate(whole));
  const named = others.filter(
    (other) =>
      other.checkIssued(issuer) &&
      other.verify(issuer.publicKey) &&
      other.keyUsage?.includes(ocspSigning) === true &&
      Date.parse(other.validFrom) <= now + skewMs &&
      now <= Date.parse(other.validTo),
  );
  return [issuer, ...named];
}

const ocspSigning = '1.3.6.1.5.5.7.3.9';

function readCertificate(bytes: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (error) {
    throw certificateError('CERTIFICATES_OCSP_FAILED', 'a certificate of the answer cannot be read', error);
  }
}

function signatureCheck(
  { whole }: DerValue,
  algorithm: DerValue | undefined,
  signature: Uint8Array,
): (signer: X509Certificate) => boolean {
  const oid = Buffer.from(derContent(algorithm, derTags.oid)).toString('hex');
  const digest = digests[oid];
  if (digest === undefined) throw refuse('the answer is signed with an unknown algorithm');
  return ({ publicKey }) => {
    try {
      return verify(digest, whole, publicKey, signature);
    } catch (_error) {
      return false; // a key of another kind
    }
  };
}

/** By the object identifier: RSA and ECDSA with SHA-2, and Ed25519, which has its own. SHA-1 would prove nothing. */
const digests: Readonly<Record<string, string | null>> = {
  ...{ '2a864886f70d01010b': 'sha256', '2a864886f70d01010c': 'sha384', '2a864886f70d01010d': 'sha512' },
  ...{ '2a8648ce3d040302': 'sha256', '2a8648ce3d040303': 'sha384', '2a8648ce3d040304': 'sha512' },
  ...{ '2b6570': null },
};

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function refuse(what: string): Error {
  return certificateError('CERTIFICATES_OCSP_FAILED', what);
}
