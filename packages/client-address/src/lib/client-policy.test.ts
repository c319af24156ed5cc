import { describe, expect, it } from 'vitest';
import { type ClientAddressOptions, clientPolicy } from './client-policy.ts';
import { clientAddressErrors } from './errors.ts';

describe('clientPolicy()', () => {
  it('trusts nobody by default', () => {
    expect(clientPolicy()).toMatchObject({ headers: 'x-forwarded', maxHops: 8, trust: { isEmpty: true, unix: false } });
  });

  it.each<[string, unknown]>([
    ['an option it does not know', { trustProxy: true }],
    ['both sources at once', { headers: ['forwarded', 'x-forwarded'] }],
    ['another source', { headers: 'x-real-ip' }],
    ['no hops', { maxHops: 0 }],
    ['half a hop', { maxHops: 1.5 }],
    ['endless hops', { maxHops: Number.POSITIVE_INFINITY }],
  ])('refuses %s', (_, options) => {
    expect(() => clientPolicy(options as ClientAddressOptions)).toThrow(
      expect.objectContaining({ code: 'CLIENT_ADDRESS_OPTION_INVALID' }),
    );
  });

  it('does not look at the options again', () => {
    const trust = ['loopback'];
    const policy = clientPolicy(Object.freeze({ trust }));
    trust.push('0.0.0.0/0');
    expect(policy.trust.has([0x0808, 0x0808])).toBe(false);
  });
});

describe('clientAddressErrors', () => {
  it.each(Object.entries(clientAddressErrors))('%s has a status and a message', (code, { status, message }) => {
    expect([code.startsWith('CLIENT_ADDRESS_'), status >= 400, message.length > 0]).toEqual([true, true, true]);
  });
});
