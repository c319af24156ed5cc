import { expect, it, onTestFinished } from 'vitest';
import { makeOcspAuthority } from '../../../scripts/lib/ocsp-authority.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { sClient } from '../../../scripts/lib/s-client.ts';
import { formatCertificates } from '../src/lib/format-certificates.ts';
import type { FrontServer } from '../src/lib/front-server.ts';
import { listCertificates } from '../src/lib/list-certificates.ts';
import { startConfig, temporaryFolder } from './front-server-fixtures.ts';

/** The numbers about certificates, by metric and name. */
async function certificateMetrics(server: Pick<FrontServer, 'collect'>) {
  const found = (await server.collect()).filter(({ name }) => /^windhover_(?:certificate|ocsp)_/.test(name));
  const valuesOf = ({ values }: (typeof found)[number]) =>
    Object.fromEntries(values.map(({ labels, value }) => [labels['name'], value]));
  return Object.fromEntries(found.map((metric) => [metric.name, valuesOf(metric)]));
}

it.skipIf(!hasPeer('openssl'))('the answer of openssl ocsp is stapled, unless that is switched off', async () => {
  const folder = await temporaryFolder();
  const authority = await makeOcspAuthority(folder);
  const responder = await authority.start('shop.example');
  onTestFinished(() => responder.stop());
  await authority.issue('shop.example', responder.url);
  const sites =
    'sites: { shop: { hosts: [shop.example], tls: { certificate: shop.example.crt, key: shop.example.key }, routes: [{ path: /, respond: shop }] } }\n';
  const listen = (more: string): string => `listen: { port: 0, address: 127.0.0.1, tls: ${more} }\n${sites}`;
  const on = (await startConfig(listen('true'), folder)).server;
  const off = (await startConfig(listen('{ stapling: false }'), folder)).server;

  const ask = (server: typeof on) =>
    sClient(server.listeners[0]!.port!, '-status', '-servername', 'shop.example', '-CAfile', authority.caFile);
  const listed = () => listCertificates(on.config, on.stapler);
  await expect.poll(async () => (await listed())[0]!.staple?.goodUntil ?? null).not.toBeNull();
  const answer = await ask(on);
  expect(answer).toContain('OCSP Response Status: successful (0x0)');
  expect(answer).toContain('Cert Status: good');
  expect(answer).toContain('Verify return code: 0 (ok)');
  expect(await ask(off)).toContain('OCSP response: no response sent');

  expect(formatCertificates(await listed(), Date.now())).toMatch(
    /^shop\.example: expires in \d+h \(.*\)\n {2}OCSP answer of http:\/\/127\.0\.0\.1:\d+: good, ends in (59|60)m\n$/,
  );
  expect((await listCertificates(off.config, off.stapler))[0]!.staple).toBeNull();
  const ends = expect.closeTo(Date.parse((await listed())[0]!.expires!) / 1000, 0);
  expect(await certificateMetrics(on)).toEqual({
    windhover_certificate_expiry_timestamp_seconds: { 'shop.example': ends },
    windhover_ocsp_staple_up: { 'shop.example': 1 },
    windhover_ocsp_staple_expiry_timestamp_seconds: {
      'shop.example': Date.parse((await listed())[0]!.staple!.goodUntil!) / 1000,
    },
  });
  expect(await certificateMetrics(off)).toEqual({
    windhover_certificate_expiry_timestamp_seconds: { 'shop.example': ends },
  });
});

it.skipIf(!hasPeer('openssl'))('a responder that is not there keeps nobody from a site', async () => {
  const folder = await temporaryFolder();
  const authority = await makeOcspAuthority(folder);
  await authority.issue('shop.example', 'http://127.0.0.1:1', { mustStaple: true });
  const text =
    'listen: { port: 0, address: 127.0.0.1, tls: true }\nsites: { shop: { hosts: [shop.example], tls: { certificate: shop.example.crt, key: shop.example.key }, routes: [{ path: /, respond: shop }] } }\n';
  const { server, logLines } = await startConfig(text, folder);
  const port = server.listeners[0]!.port!;
  expect(await sClient(port, '-status', '-servername', 'shop.example', '-CAfile', authority.caFile)).toContain(
    'OCSP response: no response sent',
  );
  await expect.poll(() => logLines.filter((line) => line.includes('OCSP'))).toHaveLength(1);
  expect(logLines.find((line) => line.includes('OCSP'))).toContain('must-staple');
  expect(await certificateMetrics(server)).toMatchObject({
    windhover_ocsp_staple_up: { 'shop.example': 0 },
    windhover_ocsp_staple_expiry_timestamp_seconds: { 'shop.example': 0 },
    windhover_ocsp_staple_error_timestamp_seconds: { 'shop.example': expect.closeTo(Date.now() / 1000, -2) },
  });
});
