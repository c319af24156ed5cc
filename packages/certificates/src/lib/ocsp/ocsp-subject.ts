import { createHash, type X509Certificate } from 'node:crypto';
import { derContent, derParts, derTagOf, derTags, readDer } from './der.ts';

/** A certificate whose state a responder is asked for. */
export interface OcspSubject {
  readonly leaf: X509Certificate;
  readonly issuer: X509Certificate;
  /** The parts of CertID (RFC 6960 §4.1.1). Hashes are SHA-1, as RFC 5019 §2.1.1 wants it: they protect nothing. */
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serial: Uint8Array;
}

/** Names a certificate as responders do. Throws `CERTIFICATES_OCSP_FAILED`. */
export function ocspSubject(leaf: X509Certificate, issuer: X509Certificate): OcspSubject {
  const { serial, issuerName } = leafParts(leaf);
  const keyInfo = derParts(readDer(issuer.publicKey.export({ type: 'spki', format: 'der' })));
  const key = derContent(keyInfo[1], derTags.bitString).subarray(1); // the first byte counts unused bits
  return { leaf, issuer, issuerNameHash: sha1(issuerName), issuerKeyHash: sha1(key), serial };
}

/** The address of the responder that a certificate names (RFC 5280 §4.2.2.1); `null`: none, or none that speaks HTTP. */
export function responderOf(leaf: X509Certificate): string | null {
  // Node puts a text with special characters into quotes; such an address is none of ours.
  return /^OCSP - URI:(https?:\/\/\S+)$/m.exec(leaf.infoAccess ?? '')?.[1] ?? null;
}

/** Whether clients must refuse the certificate without a stapled answer (`status_request` of RFC 7633). */
export function isMustStaple(leaf: X509Certificate): boolean {
  const { extensions } = leafParts(leaf);
  const found = extensions.find((parts) => Buffer.compare(parts[0]!.content, tlsFeature) === 0)?.at(-1);
  if (found === undefined) return false;
  const features = derParts(readDer(derContent(found, derTags.octetString)));
  return features.some(({ content }) => content.length === 1 && content[0] === statusRequest);
}

/** 1.3.6.1.5.5.7.1.24 */
const tlsFeature = Buffer.from('2b06010505070118', 'hex');
const statusRequest = 5;

function leafParts(leaf: X509Certificate) {
  const [toBeSigned] = derParts(readDer(leaf.raw));
  const all = derParts(toBeSigned);
  const parts = all[0]?.tag === derTagOf(0) ? all.slice(1) : all; // the version is left out for version 1
  const extensions = parts.find(({ tag }) => tag === derTagOf(3));
  return {
    serial: derContent(parts[0], derTags.integer),
    issuerName: parts[2]!.whole,
    extensions:
      extensions === undefined ? [] : derParts(readDer(extensions.content)).map((extension) => derParts(extension)),
  };
}

function sha1(bytes: Uint8Array): Uint8Array {
  return createHash('sha1').update(bytes).digest();
}
