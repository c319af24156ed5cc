import { derTags, writeDer } from './der.ts';
import type { OcspSubject } from './ocsp-subject.ts';

/** 1.3.14.3.2.26 */
export const sha1Oid = Buffer.from('2b0e03021a', 'hex');

/** Writes the question for the state of one certificate (RFC 6960 §4.1), without a nonce: answers are kept. */
export function formatOcspRequest({ issuerNameHash, issuerKeyHash, serial }: OcspSubject): Uint8Array {
  const { sequence, octetString, integer } = derTags;
  const algorithm = writeDer(sequence, writeDer(derTags.oid, sha1Oid), writeDer(derTags.null));
  const hashes = [writeDer(octetString, issuerNameHash), writeDer(octetString, issuerKeyHash)];
  const certId = writeDer(sequence, algorithm, ...hashes, writeDer(integer, serial));
  const list = writeDer(sequence, writeDer(sequence, certId));
  return writeDer(sequence, writeDer(sequence, list));
}
