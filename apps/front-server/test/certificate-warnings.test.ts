import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { inspectConfig } from '../src/lib/inspect-config.ts';
import { startConfig, temporaryFolder } from './front-server-fixtures.ts';

async function folderWithCertificates(): Promise<string> {
  const folder = await temporaryFolder();
  await makeCertificate(folder, { name: 'shop.example' });
  await makeCertificate(folder, { name: 'old.example', days: -1 });
  return folder;
}

async function warningsOf(text: string, folder: string): Promise<readonly string[]> {
  return inspectConfig({ file: join(folder, 'windhover.yaml'), text }, (loaded) => {
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
    return loaded.warnings.map(({ path, line, message }) => `${line} ${path}: ${message}`);
  });
}

const files = (name: string): string => `certificate: ${name}.crt, key: ${name}.key`;
const site = (name: string, hosts: string, tls: string): string =>
  `  ${name}: { hosts: [${hosts}], tls: { ${tls} }, routes: [{ path: /, respond: 200 }] }\n`;
const secure = 'listen: { port: 0, address: 127.0.0.1, tls: true }\n';

describe.runIf(hasOpenssl)('certificateWarnings()', () => {
  it('tells a check at its place of each certificate that clients will refuse', async () => {
    const folder = await folderWithCertificates();
    const sites = `sites:\n${site('a', 'shop.example, other.example, 127.0.0.1', files('shop.example'))}${site('b', 'old.example', files('old.example'))}`;
    const mismatch = 'The certificate is not for this name';
    expect(await warningsOf(`${secure}${sites}`, folder)).toEqual([
      `3 sites.a.tls.certificate: ${mismatch}: ${join(folder, 'shop.example.crt')} is shown for other.example, but is for DNS:shop.example. Clients refuse it: name another file`,
      expect.stringMatching(
        /^4 sites\.b\.tls\.certificate: The certificate is not valid at this time: .*has expired on/,
      ),
    ]);
    const own = `listen: { port: 0, tls: { ${files('old.example')} } }\nftp: [{ listen: 0, root: ., anonymous: true, ${files('old.example')} }]\n`;
    expect(await warningsOf(`${own}sites: { a: { routes: [{ path: /, respond: 200 }] } }`, folder)).toEqual([
      expect.stringMatching(/^1 listen\.tls\.certificate: .*has expired on/),
      expect.stringMatching(/^2 ftp\[0\]\.certificate: .*has expired on/),
    ]);
  });

  it('tells nothing of certificates that are right', async () => {
    const folder = await folderWithCertificates();
    const sites = `sites:\n${site('a', 'shop.example', files('shop.example'))}`;
    expect(await warningsOf(`${secure}${sites}`, folder)).toEqual([]);
  });

  it('is not repeated in the log of a start, though FTP shows the same certificate', async () => {
    const folder = await folderWithCertificates();
    const sites = `sites:\n${site('b', 'old.example, other.example', files('old.example'))}`;
    const ftp = 'ftp: [{ listen: "127.0.0.1:0", root: ., anonymous: true }]\n';
    const { logLines } = await startConfig(`${secure}${ftp}${sites}`, folder);
    expect(logLines.filter((line) => line.includes('has expired'))).toEqual([expect.stringMatching(/site.*\bb\b/)]);
    expect(logLines.filter((line) => line.includes('is shown for other.example'))).toHaveLength(1);
  });
});
