import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client would get, and what went wrong. */
export const certificateErrors = {
  CERTIFICATES_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  CERTIFICATES_STORE_INVALID: { status: 500, message: 'The store holds something that cannot be read' },
  CERTIFICATES_FILE_INVALID: { status: 500, message: 'The file holds no certificate with its key' },
  CERTIFICATES_NOT_REVOKED: { status: 409, message: 'The certificate was not revoked' },
  CERTIFICATES_NO_ISSUER: { status: 500, message: 'Nobody can issue a certificate for this name' },
  CERTIFICATES_NOT_PERMITTED: { status: 403, message: 'No certificate may be ordered for this name' },
  CERTIFICATES_ACME_UNREACHABLE: { status: 503, message: 'The authority cannot be reached' },
  CERTIFICATES_ACME_REFUSED: { status: 502, message: 'The authority has refused' },
  CERTIFICATES_ACME_RATE_LIMITED: { status: 503, message: 'The authority wants no more requests for a while' },
  CERTIFICATES_ACME_CHALLENGE_FAILED: { status: 502, message: 'The authority could not see that the name is ours' },
  CERTIFICATES_ACME_TOO_SLOW: { status: 504, message: 'The authority did not finish in time' },
  CERTIFICATES_DNS_FAILED: { status: 502, message: 'The record in the DNS could not be changed' },
  CERTIFICATES_OCSP_FAILED: { status: 502, message: 'There is no usable answer of the OCSP responder' },
  CERTIFICATES_TRUST_FAILED: { status: 500, message: 'The local authority could not be installed' },
} as const;

/** A code of this package's errors. */
export type CertificateErrorCode = keyof typeof certificateErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function certificateError(code: CertificateErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = certificateErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
