import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';

/**
 * Why something with the provider failed:
 * - `denied`: the user or the provider has said no
 * - `stale`: it does not accept the code or the refresh token
 * - `invalid`: the answer breaks a rule, for instance a signature or a nonce is wrong
 * - `unavailable`: it does not answer, cannot now, or does not accept this client
 */
export type ProviderFault = 'denied' | 'stale' | 'invalid' | 'unavailable';

/** What openid-client says about answers that are no OAuth answers at all, and about those that did not come. */
const unavailable = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
]);

export function providerFault(error: unknown): ProviderFault {
  if (error instanceof AuthorizationResponseError)
    return error.error === 'server_error' || error.error === 'temporarily_unavailable' ? 'unavailable' : 'denied';
  if (error instanceof ResponseBodyError) return error.error === 'invalid_grant' ? 'stale' : 'unavailable';
  if (error instanceof ClientError && error.code !== undefined && !unavailable.has(error.code)) return 'invalid';
  return 'unavailable';
}

/** The innermost reason, for the log: `ECONNREFUSED`, `invalid_client`. */
export function faultText(error: unknown): string {
  const { error: code, message, cause } = error as { error?: unknown; message?: string; cause?: unknown };
  if (typeof code === 'string') return code;
  const inner = cause instanceof Error ? cause : null;
  return inner === null ? (message ?? String(error)) : `${message}: ${faultText(inner)}`;
}
