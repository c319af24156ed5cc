import http from 'node:http';
import https from 'node:https';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { orderJson } from './order.mjs';

/** Sends one request like those of the load, and throws unless the answer is the one that every server must give. */
export async function checkAnswer(port, scenario) {
  const { work, headers, isTls = false, isChunked = false, coding, answer, mediaType } = scenario;
  const fields = Object.fromEntries(headers.map((header) => header.split(/: (.*)/s)));
  const body = work === 'order' ? orderJson : null;
  if (body !== null) fields['Content-Type'] = 'application/json';
  const { response, received, tlsVersion } = await ask(isTls ? https : http, {
    ...{ host: '127.0.0.1', port, method: body === null ? 'GET' : 'POST', headers: fields },
    ...{ rejectUnauthorized: false, agent: false, body },
  });
  const facts = [
    ['status', response.statusCode, 200],
    ['media type', response.headers['content-type']?.split(';')[0], mediaType],
    ['coding', response.headers['content-encoding'], coding],
    ['body', received, answer],
    ...(isChunked ? [['framing', response.headers['transfer-encoding'], 'chunked']] : []),
    ['TLS', tlsVersion, isTls ? 'TLSv1.3 TLS_AES_256_GCM_SHA384' : null],
  ];
  for (const [name, got, expected] of facts) {
    if (got !== expected) throw new Error(`the ${name} is ${shorten(got)}, expected ${shorten(expected)}`);
  }
}

const decoders = { gzip: gunzipSync, br: brotliDecompressSync };

function ask({ request }, { body, ...options }) {
  return new Promise((resolve, reject) => {
    const sent = request(options, async (response) => {
      const { socket } = response;
      const tlsVersion = socket.encrypted ? `${socket.getProtocol()} ${socket.getCipher().name}` : null;
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const decode = decoders[response.headers['content-encoding']] ?? ((bytes) => bytes);
      resolve({ response, received: decode(Buffer.concat(chunks)).toString(), tlsVersion });
    });
    sent.once('error', reject).setTimeout(5000, () => sent.destroy(new Error('no answer within 5 seconds')));
    sent.end(body);
  });
}

function shorten(value) {
  return JSON.stringify(value ?? null).slice(0, 100);
}
