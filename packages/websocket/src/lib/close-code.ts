/** Whether a code may stand in a close frame (RFC 6455 §7.4, and the IANA registry as of 2026). */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/** Whether an application may close with a code: 1000, and those that are not the protocol's own (WHATWG WebSockets §3.1). */
export function isApplicationCloseCode(code: number): boolean {
  return Number.isInteger(code) && (code === 1000 || (code >= 3000 && code <= 4999));
}
