import type { Duplex } from 'node:stream';

/** OpenSSL's code for a client whose first bytes are those of an HTTP request: GET, HEAD, POST or PUT. */
const httpRequest = 'ERR_SSL_HTTP_REQUEST';

const text = 'This port speaks HTTPS, and the request came over plain HTTP: use https:// in the address.\n';

/** A person reads it: browsers and command lines show the body. The connection closes after it. */
const answer = [
  'HTTP/1.1 400 Bad Request',
  'Content-Type: text/plain; charset=utf-8',
  `Content-Length: ${text.length}`,
  'Connection: close',
  '',
  text,
].join('\r\n');

/** Whether a handshake failed because the client speaks HTTP without TLS, and not for a reason of TLS. */
export function isPlainHttp(error: NodeJS.ErrnoException): boolean {
  return error.code === httpRequest;
}

/** Tells such a client what is wrong, as nginx does. `told` is called when the answer has left, or cannot. */
export function answerPlainHttp(raw: Duplex, told: () => void): void {
  raw.once('error', told);
  raw.once('close', told);
  raw.end(answer, told);
}
