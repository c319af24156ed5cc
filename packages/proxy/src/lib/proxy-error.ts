import { HttpError } from '@windhover/core';
import { ClientError, type ClientErrorCode } from '@windhover/http-client';
import { type ProxyErrorCode, proxyErrors } from './errors.ts';

const codes: Readonly<Partial<Record<ClientErrorCode, ProxyErrorCode>>> = {
  CLIENT_UPGRADE_UNSUPPORTED: 'PROXY_UPGRADE',
  CLIENT_CONNECT_FAILED: 'PROXY_CONNECT',
  CLIENT_CONNECT_TIMEOUT: 'PROXY_CONNECT_TIMEOUT',
  CLIENT_TLS_FAILED: 'PROXY_TLS',
  CLIENT_BODY_FAILED: 'PROXY_REQUEST_BODY',
  CLIENT_CLOSED_EARLY: 'PROXY_NO_RESPONSE',
  CLIENT_HEAD_TIMEOUT: 'PROXY_TIMEOUT',
  CLIENT_BAD_RESPONSE: 'PROXY_BAD_RESPONSE',
};

/** A client of gRPC would take a 504 for its own deadline, and not try again; but nothing has reached the upstream. */
const UNAVAILABLE = '14';

/**
 * Converts an upstream failure into the error for the client. The detail names the upstream, and goes to the log only.
 *
 * @param upstream its address
 * @param isGrpc whether the client reads `Grpc-Status` and `Grpc-Message`
 */
export function toProxyError(failure: unknown, upstream: string, isGrpc: boolean): HttpError {
  if (!ClientError.is(failure) || failure.code === 'CLIENT_ABORTED') throw failure; // the client left
  const { cause } = failure;
  if (failure.code === 'CLIENT_BODY_FAILED' && HttpError.is(cause)) return cause; // 413 or 408, as the server decided
  const code = codes[failure.code] ?? 'PROXY_REQUEST';
  const { status, message } = proxyErrors[code];
  const named = failure.message.includes(upstream) ? failure.message : `${failure.message} (${upstream})`;
  if (!isGrpc) return new HttpError(status, code, named, { cause: failure });
  const decided = failure.isUnprocessed ? { 'Grpc-Status': UNAVAILABLE } : {};
  const headers = { ...decided, 'Grpc-Message': message };
  return new HttpError(status, code, named, { cause: failure, headers });
}

/** Creates an error of the table. */
export function proxyError(code: ProxyErrorCode, detail?: string): HttpError {
  const { status, message } = proxyErrors[code];
  return new HttpError(status, code, detail === undefined ? message : `${message}: ${detail}`);
}
