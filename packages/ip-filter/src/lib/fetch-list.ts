import { type Clock, toPushBody } from '@windhover/core';
import { type ClientCall, type ClientResponse, createHttpClient, parseOrigin } from '@windhover/http-client';

/** How a list is fetched. */
export interface FetchListOptions {
  /** For the whole of it. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** The tag of the list that we have; `null`: we have none. */
  readonly etag: string | null;
  /** Fields of the request, by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Authorities that sign the server's certificate, PEM. Default: those that come with Node. */
  readonly ca: string | undefined;
  readonly clock: Clock;
}

/** A list as a server has sent it; `null`: it has not changed. */
export type FetchedList = { readonly text: string; readonly etag: string | null } | null;

/** Fetches a list. Follows no redirects. Rejects with the reason. */
export async function fetchList(url: URL, options: FetchListOptions): Promise<FetchedList> {
  const { clock, timeoutMs, maxBytes, etag, ca } = options;
  const client = createHttpClient({ clock, connectTimeoutMs: timeoutMs, headTimeoutMs: timeoutMs });
  const fields = Object.entries({
    Accept: 'text/plain, */*;q=0.5',
    ...(etag === null ? {} : { 'If-None-Match': etag }),
    ...options.headers,
  });
  const call = client.request(parseOrigin(url.origin, ca === undefined ? undefined : { ca }), {
    method: 'GET',
    target: `${url.pathname}${url.search}`,
    fields: fields.flatMap(([name, value]) => [name.toLowerCase(), value, name]),
  });
  const stop = clock.schedule(timeoutMs, () => call.abort(new Error(`no answer within ${timeoutMs} ms`)));
  try {
    const response = await call.response;
    const text = await readText(call, response, maxBytes);
    if (response.status === 304 && etag !== null) return null;
    if (response.status !== 200) throw new Error(`the answer has the status ${response.status}`);
    if (!isDelimited(response)) throw new Error('the answer does not say where it ends, so it may be cut');
    return { text, etag: response.headers.get('etag') ?? null };
  } finally {
    stop();
    client.close();
  }
}

/** Whether the message itself says where its body ends: the end of the connection may come too early (RFC 9112 §8). */
function isDelimited({ headers, declaredLength }: ClientResponse): boolean {
  return declaredLength !== null || headers.has('transfer-encoding');
}

function readText(call: ClientCall, { body }: ClientResponse, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    toPushBody(body).start({
      write(chunk) {
        size += chunk.length;
        if (size > maxBytes) {
          const error = new Error(`the list is longer than ${maxBytes} bytes`);
          reject(error);
          call.abort(error);
          return false;
        }
        chunks.push(Buffer.from(chunk)); // a copy: the bytes are lent
        return true;
      },
      end: () => resolve(Buffer.concat(chunks).toString('utf8')),
      fail: reject,
    });
  });
}
