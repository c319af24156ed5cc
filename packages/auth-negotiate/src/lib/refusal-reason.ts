/** Messages of MIT Kerberos, each with the reason that logs and metrics get. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/replay/i, 'replay'],
  [/expired/i, 'expired'],
  [/clock skew|not yet valid/i, 'clock-skew'],
  [/wrong principal|key table|keytab|no key|integrity check|cannot decrypt/i, 'wrong-service'],
  [/invalid token|defective|token header|unsupported mechanism|malformed|ASN\.1/i, 'malformed'],
];

/** Why GSSAPI has refused a token, in a word. */
export function refusalReason(error: unknown): string {
  const { message } = error as Error;
  return reasons.find(([pattern]) => pattern.test(message))?.[1] ?? 'ticket';
}
