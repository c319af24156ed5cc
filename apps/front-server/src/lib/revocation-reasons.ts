import type { RevocationReason } from '@windhover/certificates';

/** The reasons that `windhover certs revoke` takes. The first one is meant when none is given. */
export const revocationReasons = [
  'superseded',
  'keyCompromise',
  'cessationOfOperation',
  'unspecified',
] as const satisfies readonly RevocationReason[];

/** The reason that a command asks for. Throws for another: an authority may treat a compromised key differently. */
export function toRevocationReason(value: unknown = revocationReasons[0]): RevocationReason {
  const reason = revocationReasons.find((each) => each === value);
  if (reason === undefined)
    throw new Error(`Expected one of ${revocationReasons.join(', ')} as the reason, found ${JSON.stringify(value)}`);
  return reason;
}
