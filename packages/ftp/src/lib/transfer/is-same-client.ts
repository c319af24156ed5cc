import type { TlsInfo } from '@windhover/core';

/**
 * Whether a data connection comes from the client of the control connection: it has resumed a session of this server, or, where clients are asked for
 * certificates and no session is resumed, has the same certificate.
 */
export function isSameClient(control: TlsInfo, data: TlsInfo): boolean {
  const certificate = control.clientCertificate;
  if (certificate === null || certificate === undefined) return data.isResumed === true;
  if (certificate.raw === null) return true; // nothing tells clients without one apart
  const other = data.clientCertificate?.raw ?? null;
  return other !== null && Buffer.from(certificate.raw).equals(other);
}
