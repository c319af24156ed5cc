/**
 * Whether an origin (RFC 6454 §7) is that of a host: the same name, and the same port but for those of the schemes. The scheme itself does
 * not count, because a proxy that ends TLS and is not trusted hides it.
 *
 * @param port `null`: none was given
 */
export function isOriginOfHost(origin: string, host: string, port: number | null): boolean {
  const parsed = /^(https?):\/\/(\[[^\]]*\]|[^:/]+)(?::(\d+))?$/.exec(origin.toLowerCase());
  if (parsed === null) return false;
  const [, scheme, name, written] = parsed;
  const isUsual = written === undefined || written === (scheme === 'https' ? '443' : '80');
  return (
    withPort(name!, isUsual ? null : Number(written)) === withPort(host, port === 80 || port === 443 ? null : port)
  );
}

function withPort(host: string, port: number | null): string {
  return port === null ? host : `${host}:${port}`;
}
