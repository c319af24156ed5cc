import { describe, expect, it } from 'vitest';
import { formatCertificates } from './format-certificates.ts';

const day = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const row = {
  name: 'a.example.com',
  source: 'ca.example',
  isAutomatic: true,
  expires: iso(60 * day),
  nextOrder: iso(30 * day),
  lastError: null,
  staple: null,
};

describe('formatCertificates()', () => {
  it('says how long each is valid, and when it is renewed', () => {
    expect(formatCertificates([row], 0)).toBe('a.example.com: expires in 60d, next order in 30d (ca.example)\n');
  });

  it('says what went wrong, and when it is tried again', () => {
    const lastError = { at: iso(0), by: 'ca.example', message: 'no' };
    const failed = { ...row, source: null, expires: null, nextOrder: iso(360_000), lastError };
    expect(formatCertificates([failed], 60_000)).toBe(
      'a.example.com: no certificate yet, next try in 5m\n  failed 1m ago at ca.example: no\n',
    );
  });

  it('tells of the answer of the OCSP responder', () => {
    const staple = { responder: 'http://ca.example', goodUntil: iso(3 * day), isRequired: true, lastError: null };
    expect(formatCertificates([{ ...row, staple }], 0)).toContain(
      '(ca.example)\n  OCSP answer of http://ca.example: good, ends in 3d\n',
    );
    const failed = { ...staple, goodUntil: null, lastError: { at: iso(0), message: 'status 500' } };
    expect(formatCertificates([{ ...row, staple: failed }], 60_000)).toContain(
      ': none, without which clients refuse the certificate (must-staple); failed 1m ago: status 500\n',
    );
  });

  it('rounds times to the largest unit of which there are two', () => {
    const textAt = (leftMs: number) => formatCertificates([{ ...row, expires: iso(leftMs) }], 0);
    expect(textAt(2 * day - 1)).toContain('expires in 47h');
    expect(textAt(2 * 3_600_000 - 1)).toContain('expires in 119m');
    expect(textAt(2 * 60_000 - 1)).toContain('expires in 119s');
  });

  it('says nothing of renewals for certificates in files', () => {
    const file = { ...row, isAutomatic: false, source: '/etc/a.pem', nextOrder: null };
    expect(formatCertificates([file], 61 * day)).toBe('a.example.com: expired 1d ago (/etc/a.pem)\n');
    const lastError = { at: iso(0), by: 'the file', message: 'the key is not that of the first certificate' };
    expect(formatCertificates([{ ...file, expires: null, lastError }], 0)).toMatch(
      /^a\.example\.com: cannot be used \(\/etc\/a\.pem\)\n {2}failed .* at the file: the key is not that of the first certificate\n$/,
    );
    expect(formatCertificates([], 0)).toBe('The configuration has no certificates.\n');
  });
});
