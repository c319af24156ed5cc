import { X509Certificate } from 'node:crypto';
import { type CertificateRule, certificateMapping, type UserSource } from '@windhover/auth';
import type { FtpUsers } from '@windhover/ftp';

/**
 * Users who may log in with a client certificate too. It must stand for the name that the client sends; otherwise the password decides. Throws
 * `AUTH_OPTION_INVALID`.
 */
export function withCertificates(users: UserSource | undefined, rules: readonly CertificateRule[]): FtpUsers {
  const userOf = certificateMapping(rules);
  return {
    verify: (name, password, client) => users?.verify(name, password, client) ?? null,
    verifyCertificate(name, certificate) {
      const user = userOf(new X509Certificate(certificate));
      return user?.name === name ? user : null;
    },
  };
}
