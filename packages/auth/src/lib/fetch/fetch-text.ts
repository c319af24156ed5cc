import { lookup as lookUpName } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Clock, systemClock, toPushBody } from '@windhover/core';
import { type ClientCall, type ClientResponse, createHttpClient, parseOrigin } from '@windhover/http-client';
import { authError } from '../errors.ts';
import { isInnerAddress } from './inner-address.ts';

/** Finds the addresses of a name. */
export type Lookup = (name: string) => Promise<readonly { readonly address: string }[]>;

/** How a document is fetched. */
export interface FetchOptions {
  /** Whether the address may be one of an inner network, and the URL plain http. */
  readonly allowsInner: boolean;
  /** Authorities that sign the server's certificate, PEM. Default: those that come with Node. */
  readonly ca?: string | undefined;
  /** A form to send by POST. Default: none, a GET. */
  readonly form?: URLSearchParams | undefined;
  /** Fields of the request, by name. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Default: 262,144, many times what such documents have. */
  readonly maxBytes?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Default: the system's resolver. */
  readonly lookup?: Lookup | undefined;
}

/**
 * The text of a document that was answered with 200. Follows no redirects. The name is resolved once, and the address
 * that was checked is the one that is connected to. Rejects with `AUTH_FETCH_REFUSED` before anything is sent, or with
 * `AUTH_FETCH_FAILED`.
 */
export async function fetchText(url: URL, options: FetchOptions): Promise<string> {
  const { clock = systemClock, timeoutMs = 5000, maxBytes = 262_144 } = options;
  const address = await addressOf(url, options);
  const host = address.includes(':') ? `[${address}]` : address;
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : url.port;
  const { ca } = options;
  const serverName = url.hostname.replace(/^\[|\]$/g, '');
  const tls =
    isIP(serverName) !== 0
      ? { ...(ca === undefined ? {} : { ca }) }
      : { serverName, ...(ca === undefined ? {} : { ca }) };
  const client = createHttpClient({ clock, connectTimeoutMs: timeoutMs, headTimeoutMs: timeoutMs });
  const call = client.request(parseOrigin(`${url.protocol}//${host}:${port}`, isSecure ? tls : undefined), {
    ...requestOf(options),
    target: `${url.pathname}${url.search}`,
    host: url.host,
  });
  const stop = clock.schedule(timeoutMs, () => call.abort(new Error(`no answer within ${timeoutMs} ms`)));
  try {
    const response = await call.response;
    const text = await readText(call, response, maxBytes);
    if (response.status !== 200) throw new Error(`the answer has the status ${response.status}`);
    return text;
  } catch (error) {
    throw authError('AUTH_FETCH_FAILED', `${url.origin}${url.pathname}: ${(error as Error).message}`, error);
  } finally {
    stop();
    client.close();
  }
}

function requestOf({ form, headers = {} }: FetchOptions) {
  const type = form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' };
  const all = Object.entries({ Accept: 'application/json', ...type, ...headers });
  return {
    method: form === undefined ? 'GET' : 'POST',
    fields: all.flatMap(([name, value]) => [name.toLowerCase(), value, name]),
    ...(form === undefined ? {} : { body: form.toString() }),
  };
}

async function addressOf(url: URL, { allowsInner, lookup = lookUpAll }: FetchOptions): Promise<string> {
  const refuse = (why: string, cause?: unknown): never => {
    throw authError('AUTH_FETCH_REFUSED', `${url.origin}: ${why}`, cause);
  };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowsInner)) refuse('expected https://');
  if (url.username !== '' || url.password !== '') refuse('a URL must not hold a password');
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const found =
    isIP(name) === 0
      ? await lookup(name).catch((error: unknown) => refuse('the name is not known', error))
      : [{ address: name }];
  const first = found[0]?.address;
  if (first === undefined) return refuse('the name has no address');
  if (!allowsInner && found.some(({ address }) => isInnerAddress(address)))
    refuse('the address is one of an inner network, which must be allowed');
  return first;
}

function lookUpAll(name: string): Promise<readonly { readonly address: string }[]> {
  return lookUpName(name, { all: true });
}

function readText(call: ClientCall, { body }: ClientResponse, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    toPushBody(body).start({
      write(chunk) {
        size += chunk.length;
        if (size > maxBytes) {
          const error = new Error(`the answer is longer than ${maxBytes} bytes`);
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

/** The same for a JSON object. */
export async function fetchJson(url: URL, options: FetchOptions): Promise<Readonly<Record<string, unknown>>> {
  const text = await fetchText(url, options);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // not JSON: told below
  }
  throw authError('AUTH_FETCH_FAILED', `${url.origin}${url.pathname}: expected a JSON object`);
}
