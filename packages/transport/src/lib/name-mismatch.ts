import type { X509Certificate } from 'node:crypto';
import { TransportError } from './errors.ts';

/**
 * That clients will refuse the certificate under the name it is shown for, if they will. For `*.example.org` it is enough that it has
 * some name in there: the others may not be in use.
 */
export function nameMismatch(leaf: X509Certificate, key: string, certFile: string): TransportError | null {
  const domain = key.startsWith('*') ? key.slice(1) : null;
  const isFor = (name: string): boolean => leaf.checkHost(name) !== undefined;
  if (domain === null ? isFor(key) : isFor(`any${domain}`) || leaf.subjectAltName?.includes(domain)) return null;
  const names = leaf.subjectAltName ?? leaf.subject;
  const what = `${certFile} is shown for ${key} (serverNames), but is for ${names}. Clients refuse it: name another file`;
  return new TransportError('TRANSPORT_TLS_NAME_MISMATCH', what);
}
