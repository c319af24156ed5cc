import { describe, expect, it, onTestFinished } from 'vitest';
import { makeOcspAuthority } from '../../../scripts/lib/ocsp-authority.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { sClient } from '../../../scripts/lib/s-client.ts';
import { appFile, startApp, temporaryFolder } from './app-process.ts';

describe.skipIf(!hasPeer('openssl'))('--tls-stapling', () => {
  it('sends the answer of openssl ocsp with the certificate, unless it is off', async () => {
    const folder = await temporaryFolder();
    const authority = await makeOcspAuthority(folder);
    const responder = await authority.start('app.example');
    onTestFinished(() => responder.stop());
    const { certFile, keyFile } = await authority.issue('app.example', responder.url);
    const flags = ['--tls-cert', certFile, '--tls-key', keyFile];
    const on = await startApp(appFile('handler.mjs'), ...flags);
    const off = await startApp(appFile('handler.mjs'), ...flags, '--tls-stapling=false');
    const ask = ({ port }: { readonly port: number }) => sClient(port, '-status', '-CAfile', authority.caFile);
    await expect.poll(() => ask(on)).toContain('OCSP Response Status: successful (0x0)');
    expect(await ask(off)).toContain('OCSP response: no response sent');
  });
});
