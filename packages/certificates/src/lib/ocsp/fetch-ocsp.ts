import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { certificateError } from '../errors.ts';

/** Sends a question to a responder. Rejects with `CERTIFICATES_OCSP_FAILED`. */
export type OcspSend = (responder: string, question: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;

/** Answers have some 500 bytes, or 2 kB with the certificate of their signer. A handshake carries them. */
const maxBytes = 16 * 1024;
const timeoutMs = 10_000;

/** Asks a responder over HTTP (RFC 6960, appendix A). It follows no redirect. */
export const fetchOcsp: OcspSend = (responder, question, signal) =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(certificateError('CERTIFICATES_OCSP_FAILED', error.message, error));
    const stop = (why: string): void => {
      fail(new Error(why));
      sent.destroy();
    };
    if (!URL.canParse(responder)) return fail(new Error(`${JSON.stringify(responder)} is no URL`));
    const send = responder.startsWith('https:') ? secureRequest : plainRequest;
    const headers = {
      ...{ 'Content-Type': 'application/ocsp-request', 'Content-Length': question.length },
      ...{ Accept: 'application/ocsp-response', 'User-Agent': 'windhover' },
    };
    const sent = send(responder, { method: 'POST', headers, signal, agent: false });
    const timer = setTimeout(stop, timeoutMs, `no answer within ${timeoutMs} ms`);
    timer.unref();
    sent.once('close', () => clearTimeout(timer));
    sent.on('error', fail);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      if (response.statusCode !== 200) return stop(`status ${response.statusCode}`);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) stop(`the answer is larger than ${maxBytes} bytes`);
        else chunks.push(chunk);
      });
      response.once('end', () => resolve(Buffer.concat(chunks)));
    });
    sent.end(question);
  });
