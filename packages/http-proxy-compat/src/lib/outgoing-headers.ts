import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ServerOptions } from './server-options.ts';
import type { Target } from './targets.ts';

/** Fields of one connection (RFC 9110 §7.6.1), and those that frame a message: the client writes its own. */
const ofConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade', 'http2-settings'],
  ...['content-length', 'proxy-authenticate', 'proxy-authorization', 'host'],
]);

/** Fields by lower-case name, in order: name as spelled, and value. */
export type FieldMap = Map<string, { readonly name: string; value: string | readonly string[] }>;

/** Returns the fields of a request for its target. */
export function outgoingHeaders(request: IncomingMessage, target: Target, options: ServerOptions): FieldMap {
  const fields: FieldMap = new Map();
  const nominated = new Set(
    String(request.headers.connection ?? '')
      .toLowerCase()
      .split(/[\s,]+/),
  );
  const spellings = spellingsOf(request.rawHeaders);
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(':') || ofConnection.has(name)) continue;
    if (nominated.has(name) && name !== 'close') continue;
    fields.set(name, { name: spellings.get(name) ?? name, value });
  }
  if (options.xfwd === true) forwardedFor(request, fields);
  for (const [name, value] of Object.entries(options.headers ?? {})) fields.set(name.toLowerCase(), { name, value });
  if (options.auth !== undefined) {
    const value = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    fields.set('authorization', { name: 'Authorization', value });
  }
  if (!fields.has('host')) {
    const host = options.changeOrigin === true ? undefined : (request.headers.host ?? request.headers[':authority']);
    fields.set('host', { name: 'Host', value: String(host ?? target.host) });
  }
  return fields;
}

function spellingsOf(rawHeaders: readonly string[]): Map<string, string> {
  const spellings = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2)
    spellings.set(rawHeaders[index]!.toLowerCase(), rawHeaders[index]!);
  return spellings;
}

function forwardedFor(request: IncomingMessage, fields: FieldMap): void {
  const { socket, headers } = request;
  const isSecure = (socket as Partial<TLSSocket>).encrypted === true;
  const isUpgrade = headers.upgrade !== undefined;
  const port = /:(\d+)$/.exec(headers.host ?? '')?.[1] ?? (isSecure ? '443' : '80');
  const proto = isUpgrade ? (isSecure ? 'wss' : 'ws') : isSecure ? 'https' : 'http';
  const own = { for: socket.remoteAddress ?? '', port, proto };
  for (const [part, value] of Object.entries(own)) {
    const name = `x-forwarded-${part}`;
    const before = headers[name];
    fields.set(name, { name, value: before === undefined ? value : `${String(before)},${value}` });
  }
  const host = headers['x-forwarded-host'] ?? headers.host ?? '';
  fields.set('x-forwarded-host', { name: 'x-forwarded-host', value: host });
}
