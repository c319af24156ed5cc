import { createReadStream, statSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request as secureRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { ApiProblem, ApiValidation } from '@windhover/admin';
import type { AdminAccess } from './admin-access.ts';

/** What the API has refused. */
export class AdminRefusal extends Error {
  readonly problem: ApiProblem & Partial<ApiValidation>;

  constructor(problem: ApiProblem & Partial<ApiValidation>) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** Nobody has answered, or what has answered is no management API. */
export class AdminUnreachable extends Error {}

/** A program that uses the management API. */
export class AdminClient {
  private readonly options: RequestOptions;
  private readonly isSecure: boolean;

  private constructor(options: RequestOptions, isSecure: boolean) {
    this.options = options;
    this.isSecure = isSecure;
  }

  /** The server of this machine that has told how to reach it. */
  static local({ address, certificate, token }: AdminAccess): AdminClient {
    const where =
      'path' in address ? { socketPath: address.path } : { host: address.host ?? 'localhost', port: address.port };
    // It is the certificate of the server itself, so its names and its authority do not matter.
    const tls =
      certificate === null
        ? {}
        : { ca: certificate, allowPartialTrustChain: true, checkServerIdentity: () => undefined };
    const headers = { authorization: `Bearer ${token}`, host: 'localhost' };
    return new AdminClient({ ...where, ...tls, headers, agent: false }, certificate !== null);
  }

  /** A server anywhere. Throws if the URL is none. */
  static remote(url: string, token: string): AdminClient {
    const { protocol, hostname, port } = new URL(url);
    const isSecure = protocol === 'https:';
    const headers = { authorization: `Bearer ${token}` };
    return new AdminClient(
      { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port || (isSecure ? 443 : 80), headers, agent: false },
      isSecure,
    );
  }

  /** Sends a request and returns the JSON of its answer. Rejects with an `AdminRefusal`. */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
    return (await this.send(method, path, headers, async (stream) => void stream.end(text))) as T;
  }

  /** Sends a file as the body. */
  async upload<T>(path: string, file: string): Promise<T> {
    const headers = { 'content-type': 'application/zip', 'content-length': String(statSync(file).size) };
    return (await this.send('PUT', path, headers, (stream) => pipeline(createReadStream(file), stream))) as T;
  }

  private send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    write: (stream: NodeJS.WritableStream) => Promise<void>,
  ): Promise<unknown> {
    const request = this.isSecure ? secureRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const fail = ({ message }: Error): void =>
        reject(new AdminUnreachable(`The management API cannot be reached: ${message}`));
      const all = { ...(this.options.headers as Record<string, string>), ...headers };
      const call = request({ ...this.options, method, path: `/api/v1${path}`, headers: all }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('error', fail);
        response.on('end', () => settle(response.statusCode ?? 0, text, resolve, reject));
      });
      call.on('error', fail);
      write(call).catch(() => undefined); // the server may answer before it has read everything; 'error' tells the rest
    });
  }
}

function settle(status: number, text: string, resolve: (value: unknown) => void, reject: (error: Error) => void): void {
  try {
    const value = (text === '' ? null : JSON.parse(text)) as unknown;
    if (status < 300) resolve(value);
    else reject(new AdminRefusal(value as ApiProblem));
  } catch {
    reject(new AdminUnreachable(`The answer (${status}) does not come from a management API`));
  }
}
