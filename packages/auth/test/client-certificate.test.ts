import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../src/lib/auth-fixtures.ts';
import type { CertificateRule } from '../src/lib/client-certificate/certificate-rules.ts';
import { clientCertificate } from '../src/lib/client-certificate/client-certificate.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0 || process.env['WINDHOVER_REQUIRE_PEERS'] === '1';
let ada: X509Certificate;

function make(subject: string): X509Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-certificate-'));
  try {
    const pem = execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        subject,
        '-keyout',
        join(folder, 'key'),
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return new X509Certificate(pem);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const send = (certificate: X509Certificate, remoteAddress = '10.0.0.1') => ({
  headers: { 'Client-Cert': `:${certificate.raw.toString('base64')}:` },
  connection: { transport: 'tcp' as const, remoteAddress },
});
const schemeOf = (...rules: CertificateRule[]) => clientCertificate(rules, { trust: ['10.0.0.0/8'] });
const user = async (rules: CertificateRule[], certificate = ada) => {
  const { status, text } = await ask(schemeOf(...rules), send(certificate));
  return status === 200 ? text : status;
};

describe.runIf(hasOpenssl)('clientCertificate()', () => {
  beforeAll(() => {
    ada = make('/O=Example, Inc./OU=Staff/CN=ada');
  });

  it('maps one certificate, and many by their fields', async () => {
    expect(await user([{ fingerprint: ada.fingerprint256, user: 'the one' }])).toBe('the one');
    expect(await user([{ subject: { O: 'Example, *', OU: 'Staff' }, user: 'staff' }])).toBe('staff');
    expect(await user([{ issuer: { CN: 'a*a' }, user: '{CN}@{OU}' }])).toBe('ada@Staff');
    expect(await user([{ subject: { OU: 'Guests' }, user: 'x' }])).toBe(403);
    expect(await user([{ subject: { CN: 'ad' }, user: 'x' }])).toBe(403);
  });

  it('takes the rule for one certificate first, then the others in their order; a rule may refuse', async () => {
    const refuse: CertificateRule = { subject: { OU: 'Staff' }, user: null };
    const staff: CertificateRule = { subject: { O: '*' }, user: 'staff' };
    expect(await user([refuse, staff])).toBe(403);
    expect(await user([staff, refuse])).toBe('staff');
    expect(await user([refuse, { fingerprint: ada.fingerprint256.replaceAll(':', ''), user: 'ada' }])).toBe('ada');
  });

  it('refuses a name that the subject does not have exactly once', async () => {
    expect(await user([{ subject: { CN: '*' }, user: '{CN}' }], make('/CN=ada/CN=root'))).toBe(403);
    expect(await user([{ subject: { CN: '*' }, user: '{L}' }])).toBe(403);
  });

  it('does not take a line break in a name for another field', async () => {
    expect(await user([{ subject: { OU: 'Staff' }, user: 'staff' }], make('/CN=ada\nOU=Staff'))).toBe(403);
  });

  it('believes only trusted proxies', async () => {
    const scheme = schemeOf({ subject: { CN: 'ada' }, user: 'ada' });
    expect(await ask(scheme, send(ada, '203.0.113.7'))).toMatchObject({ status: 401, refusals: [] });
    for (const field of ['', 'x', '::', ':AAAA:', `:${ada.raw.toString('base64')}:, :AAAA:`]) {
      const init = { ...send(ada), headers: { 'Client-Cert': field } };
      expect((await ask(scheme, init)).status).toBe(401);
    }
  });

  it('takes the certificate of the connection where the server has asked for one', async () => {
    const scheme = clientCertificate([{ subject: { CN: 'ada' }, user: 'ada' }]);
    const over = (clientCertificate: object | null) => ({
      connection: {
        transport: 'tcp' as const,
        remoteAddress: '203.0.113.7',
        tls: { protocol: 'TLSv1.3', cipher: 'x', serverName: null, alpnProtocol: null, clientCertificate },
      },
    });
    const shown = { policy: '', raw: ada.raw, fault: null };
    expect((await ask(scheme, over(shown) as never)).text).toBe('ada');
    expect(await ask(scheme, over({ ...shown, raw: make('/CN=bob').raw }) as never)).toMatchObject({ status: 403 });
    const faulty = await ask(scheme, over({ ...shown, fault: 'CERT_REVOKED' }) as never);
    expect(faulty).toMatchObject({ status: 403, refusals: ['CERT_REVOKED'] });
    for (const none of [null, { ...shown, raw: null }])
      expect(await ask(scheme, over(none) as never)).toMatchObject({ status: 401, refusals: [] });
  });

  it('takes the field of a trusted proxy, never the certificate that the proxy itself shows', async () => {
    const scheme = schemeOf({ subject: { CN: 'ada' }, user: 'ada' }, { subject: { CN: 'proxy' }, user: 'proxy' });
    const tls = { clientCertificate: { policy: '', raw: make('/CN=proxy').raw, fault: null } };
    const through = { ...send(ada), connection: { ...send(ada).connection, tls } };
    expect((await ask(scheme, through as never)).text).toBe('ada');
    expect(await ask(scheme, { ...through, headers: {} } as never)).toMatchObject({ status: 401 });
  });

  it('refuses a certificate that is not good any more', async () => {
    const clock = { now: () => Date.now() + 3 * 86_400_000, schedule: () => () => undefined };
    const scheme = clientCertificate([{ subject: { CN: 'ada' }, user: 'ada' }], { trust: ['10.0.0.1'], clock });
    expect(await ask(scheme, send(ada))).toMatchObject({ status: 401, refusals: ['expired'] });
  });
});

describe('clientCertificate() options', () => {
  it.each([
    [[]],
    [[{ user: 'x' }]],
    [[{ subject: { CN: 'x' } }]],
    [[{ fingerprint: 'x', user: 'x' }]],
    [[{ subjct: {}, user: 'x' }]],
  ])('refuses %j', (rules) => {
    expect(() => clientCertificate(rules as never, { trust: [] })).toThrow(
      expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }),
    );
  });
});
