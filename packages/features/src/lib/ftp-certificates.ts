import { type OptionIssue, OptionsError } from '@windhover/config';
import { type CertificateFiles, clientCertificatePolicy, TransportError } from '@windhover/transport';
import { checkFiles } from './check-files.ts';
import type { FtpEntry } from './ftp-schema.ts';

/** Checks the certificates that servers of FTP have of their own. Rejects with one `OptionsError` for all that are wrong. */
export async function checkFtpCertificates(
  entries: readonly FtpEntry[],
  servers: readonly { readonly certificate: CertificateFiles | null }[],
): Promise<void> {
  const issues = await Promise.all(
    servers.map(({ certificate }, index) =>
      certificate === null ? [] : issuesOf(certificate, index, entries[index]!.key !== undefined),
    ),
  );
  if (issues.flat().length > 0) throw new OptionsError(issues.flat());
}

async function issuesOf(
  certificate: CertificateFiles,
  index: number,
  hasKey: boolean,
): Promise<readonly OptionIssue[]> {
  try {
    await checkFiles(certificate, { at: [index], hasKey }); // the opener of the server logs the warnings
    if (certificate.clientCertificates !== undefined) await clientCertificatePolicy(certificate.clientCertificates);
    return [];
  } catch (error) {
    if (error instanceof OptionsError) return error.issues;
    if (!TransportError.is(error)) throw error;
    return [
      { path: [index, 'clientCertificates'], message: `expected certificates to ask for, found: ${error.message}` },
    ];
  }
}
