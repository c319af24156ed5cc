import type { SecureContext, TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { CertificateQuestion } from './certificate-question.ts';

const asked = { ca: [], crl: [], isRequired: true, policy: 'p' };
const question = (canResume = false) =>
  new CertificateQuestion({
    default: { context: {} as SecureContext, staple: null, asked },
    canResume,
  });
const socket = (members: object) => ({ isSessionReused: () => false, ...members }) as unknown as TLSSocket;

describe('CertificateQuestion', () => {
  it('refuses a client whose certificate cannot be read, instead of throwing', () => {
    const broken = socket({
      getPeerX509Certificate: () => {
        throw new Error('broken');
      },
    });
    expect(question().examine(broken)).toEqual({
      refusal: 'the certificate cannot be read: broken',
      clientCertificate: null,
    });
  });

  it('refuses a session that was resumed where none is offered, whatever certificate it holds', () => {
    const resumed = socket({ isSessionReused: () => true, getPeerX509Certificate: () => ({ raw: new Uint8Array(1) }) });
    expect(question().examine(resumed).refusal).toMatch(/resumed a session/);
  });

  it('believes no missing certificate where one is required', () => {
    expect(question().examine(socket({ getPeerX509Certificate: () => undefined })).refusal).toMatch(/no certificate/);
  });
});
