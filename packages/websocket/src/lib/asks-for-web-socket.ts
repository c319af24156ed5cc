/**
 * Whether an `Upgrade` field asks for a WebSocket. It may list several protocols, the preferred one first (RFC 9110 §7.8);
 * the server and the proxy switch to the first one.
 */
export function asksForWebSocket(upgrade: string | null): boolean {
  return upgrade !== null && /^\s*websocket\s*(?:,|$)/i.test(upgrade);
}
