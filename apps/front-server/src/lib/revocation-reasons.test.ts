import { expect, it } from 'vitest';
import { revocationReasons, toRevocationReason } from './revocation-reasons.ts';

it('takes the reasons that authorities know, and superseded when none is given', () => {
  expect(revocationReasons.map((reason) => toRevocationReason(reason))).toEqual(revocationReasons);
  expect(toRevocationReason()).toBe('superseded');
});

it.each(['keycompromise', '', null, 1])('refuses the reason %j', (value) => {
  expect(() => toRevocationReason(value)).toThrow('Expected one of superseded, keyCompromise');
});
