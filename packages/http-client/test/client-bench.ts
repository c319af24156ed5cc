import { type HttpHeaders, type PushBody, toPushBody } from '@windhover/core';
import { afterEach } from 'vitest';
import { type ClientResponse, createHttpClient, type HttpClient } from '../src/index.ts';
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts';

export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** An upstream and a client in front of it, for one test. */
export class ClientBench {
  upstream!: RawUpstream;
  client!: HttpClient;

  async start(
    onRequest: Parameters<typeof startRawUpstream>[0],
    options?: Parameters<typeof createHttpClient>[0],
  ): Promise<void> {
    this.upstream = await startRawUpstream(onRequest);
    this.client = createHttpClient(options);
  }

  request(request: Parameters<HttpClient['request']>[1]): ReturnType<HttpClient['request']> {
    return this.client.request(this.upstream.origin, request);
  }

  get(target = '/'): Promise<ClientResponse> {
    return this.request({ method: 'GET', target }).response;
  }

  /** Resolves when the client has closed its side of that connection. */
  async closed(index: number): Promise<void> {
    const socket = this.upstream.sockets[index]!;
    await this.upstream.until(() => socket.readableEnded || socket.destroyed);
  }
}

/** A bench for the tests of one file. Lent bytes are overwritten. */
export function useClientBench(): ClientBench {
  const bench = new ClientBench();
  afterEach(async () => {
    bench.client.close();
    await bench.upstream.close();
  });
  return bench;
}

export async function text(response: ClientResponse): Promise<string> {
  return (await collect(response.body)).text;
}

/** Reads a body to its end or failure. */
export function collect(body: PushBody | Uint8Array): Promise<{ text: string; trailers?: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    let received = '';
    toPushBody(body).start({
      write: (chunk) => {
        received += Buffer.from(chunk).toString('latin1');
        return true;
      },
      end: (trailers) =>
        resolve({ text: received, ...(trailers === undefined ? {} : { trailers: names(trailers as HttpHeaders) }) }),
      fail: reject,
    });
  });
}

function names(headers: HttpHeaders): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
}
