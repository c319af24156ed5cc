/** Whether a code may stand in a close frame (RFC 6455 §7.4, and the IANA registry as of 2026). */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
