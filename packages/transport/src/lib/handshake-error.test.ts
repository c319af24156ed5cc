import { describe, expect, it } from 'vitest';
import { handshakeError } from './handshake-error.ts';

function detail(code: string, facts: { readonly reason?: string; readonly message?: string } = {}): string {
  const { message } = handshakeError(Object.assign(new Error(facts.message ?? 'raw'), { code, ...facts }));
  return message.replace('The TLS handshake failed: ', '');
}

describe('handshakeError()', () => {
  it.each(['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED'])(
    'knows the alert in %s, as older and newer OpenSSL name it',
    (code) => {
      expect(detail(code)).toBe(
        'the client does not trust the certificate: it has expired, or one of the two clocks is wrong',
      );
    },
  );

  it.each(['CERTIFICATE_UNKNOWN', 'BAD_CERTIFICATE', 'CERTIFICATE_REVOKED', 'UNSUPPORTED_CERTIFICATE'])(
    'knows that %s is a lack of trust',
    (alert) => {
      expect(detail(`ERR_SSL_SSL/TLS_ALERT_${alert}`)).toContain('does not trust the certificate');
    },
  );

  it('gives the reason alone of what it does not know, without numbers and files of OpenSSL', () => {
    const message = '40E7:error:0A000119:SSL routines:tls:bad mac:../deps/openssl/x.c:1:\n';
    expect(detail('ERR_SSL_BAD_MAC', { reason: 'bad mac', message })).toBe('OpenSSL says: bad mac');
    expect(detail('EOTHER', { message: 'other\n' })).toBe('other');
  });
});
