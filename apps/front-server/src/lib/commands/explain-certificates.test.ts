import { expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../../../scripts/lib/make-certificate.ts';
import { folderWith, windhover } from './command-fixtures.ts';

it.runIf(hasOpenssl)('windhover explain tells of sites that ask for client certificates', async () => {
  const folder = await folderWith({});
  await makeCertificate(folder, { name: 'a.example' });
  const site = (name: string, mode: string): string =>
    `  ${name}: { hosts: [${name}.example], tls: { certificate: ${folder}/a.example.crt, key: ${folder}/a.example.key${mode} }, routes: [{ path: /, respond: x }] }\n`;
  const asked = (mode: string): string => `, clientCertificates: { ca: ${folder}/a.example.crt, mode: ${mode} }`;
  const text = `listen: [80, { port: 443, tls: true }]\nsites:\n${site('a', asked('require'))}${site('b', asked('request'))}${site('c', '')}`;
  const own = await folderWith({ 'windhover.yaml': text });
  const explain = async (url: string) => {
    const { code, stdout } = await windhover(['explain', 'GET', url, '-c', `${own}/windhover.yaml`]);
    expect(code).toBe(0);
    return stdout;
  };
  expect(await explain('https://a.example/')).toMatch(
    /shield +clientCertificates +default, sites +lets it pass over a connection for this site: the site requires a client certificate/,
  );
  expect(await explain('http://a.example/')).toMatch(/answers 403: .*without TLS/);
  expect(await explain('http://b.example/')).toMatch(/lets it pass without TLS: the site asks its clients/);
  expect(await explain('https://c.example/')).not.toMatch(/client certificate/);
});
