/** Whether browsers take a cookie of this name only with `Secure`, and so only over HTTPS (RFC 6265bis §4.1.3). */
export function needsSecure(cookie: string): boolean {
  return /^__(?:secure|host)-/i.test(cookie);
}
