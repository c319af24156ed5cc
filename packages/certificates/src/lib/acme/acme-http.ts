import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { certificateError } from '../errors.ts';

/** What an authority answered. */
export interface AcmeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed, if it is JSON. */
  readonly data: unknown;
}

/** Sends a request to an authority. Rejects with `CERTIFICATES_ACME_UNREACHABLE` if there is no answer. */
export type AcmeSend = (url: string, method: string, body?: unknown) => Promise<AcmeAnswer>;

/** Answers of authorities are a few kilobytes; a chain of certificates too. */
const maxBytes = 1024 * 1024;
const timeoutMs = 30_000;

/**
 * Creates what speaks HTTP with one authority, over connections of its own.
 *
 * @param ca PEM: the roots that its server is trusted by, besides the well-known ones. Default: none
 */
export function createAcmeSend(ca: string | undefined, signal: AbortSignal): AcmeSend {
  const agent = new Agent({ keepAlive: false, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) });
  return (url, method, body) =>
    new Promise((resolve, reject) => {
      const fail = (error: unknown): void =>
        reject(certificateError('CERTIFICATES_ACME_UNREACHABLE', `${url}: ${(error as Error).message}`, error));
      const text = body === undefined ? null : JSON.stringify(body);
      const headers = {
        'User-Agent': 'windhover',
        Accept: '*/*',
        'Content-Type': 'application/jose+json',
        ...(text === null ? {} : { 'Content-Length': Buffer.byteLength(text) }),
      };
      const options = { method: method.toUpperCase(), headers, signal, timeout: timeoutMs };
      // A directory without TLS is one of an authority on this machine, for tests.
      const sent = url.startsWith('http:') ? plainRequest(url, options) : secureRequest(url, { ...options, agent });
      const late = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      sent.once('close', () => clearTimeout(late));
      sent.once('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      sent.once('error', fail);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxBytes) sent.destroy(new Error(`the answer is larger than ${maxBytes} bytes`));
          else chunks.push(chunk);
        });
        response.once('error', fail);
        response.once('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            data: parse(Buffer.concat(chunks), response.headers),
          }),
        );
      });
      sent.end(text ?? undefined);
    });
}

function parse(bytes: Buffer, headers: IncomingHttpHeaders): unknown {
  const text = bytes.toString('utf8');
  if (!/json/.test(headers['content-type'] ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text; // its caller finds that a field is missing
    throw error;
  }
}
