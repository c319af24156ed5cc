import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { sClient } from '../../../scripts/lib/s-client.ts';
import { startConfig, temporaryFolder } from './front-server-fixtures.ts';

it.skipIf(!hasOpenssl)('metrics say when the certificates of listeners, sites, FTP and a folder end', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'more'));
  for (const [index, name] of ['own.example', 'shop.example', 'files.example', 'more.example'].entries())
    await makeCertificate(folder, { name, days: index + 1 });
  for (const end of ['crt', 'key'])
    await copyFile(
      join(folder, `more.example.${end}`),
      join(folder, 'more', `more.example.${end.replace('crt', 'pem')}`),
    );
  const { server } = await startConfig(
    [
      'listen: { port: 0, address: 127.0.0.1, tls: { certificate: own.example.crt, key: own.example.key } }',
      'certificates: { folder: ./more }',
      'ftp: [{ listen: "127.0.0.1:0", anonymous: true, root: ., certificate: files.example.crt, key: files.example.key }]',
      'sites:',
      '  shop: { hosts: [shop.example], tls: { certificate: shop.example.crt, key: shop.example.key }, routes: [{ path: /, respond: x }] }',
    ].join('\n'),
    folder,
  );
  const daysLeft = async () => {
    const all = (await server.collect()).filter(
      ({ name }) => name === 'windhover_certificate_expiry_timestamp_seconds',
    );
    expect(all).toHaveLength(1);
    const days = (seconds: number) => Math.round((seconds - Date.now() / 1000) / 86_400);
    return Object.fromEntries(all[0]!.values.map(({ labels, value }) => [labels['name'], days(value)]));
  };
  const inFiles = { 'own.example': 1, 'shop.example': 2, 'files.example': 3 };
  expect(await daysLeft()).toEqual(inFiles);
  await sClient(server.listeners[0]!.port!, '-servername', 'more.example');
  expect(await daysLeft()).toEqual({ ...inFiles, 'more.example': 4 });
});
