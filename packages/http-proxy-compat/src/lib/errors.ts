/** Every code of this package. */
export const httpProxyErrors = {
  HTTP_PROXY_TARGET_MISSING: 'Must provide a proper URL as target',
  HTTP_PROXY_TARGET_INVALID: 'The target is not valid',
  HTTP_PROXY_OPTION_INVALID: 'An option is not valid',
  HTTP_PROXY_OPTION_UNSUPPORTED: 'An option of http-proxy is not supported here',
} as const;

/** An error code of this package. */
export type HttpProxyErrorCode = keyof typeof httpProxyErrors;

/** An error of this package, or of a connection: those have the codes of Node, as with http-proxy. */
export class HttpProxyError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HttpProxyError';
    this.code = code;
  }
}

/** Creates an error of the table. */
export function httpProxyError(code: HttpProxyErrorCode, detail: string, cause?: unknown): HttpProxyError {
  return new HttpProxyError(code, `${httpProxyErrors[code]}: ${detail}`, cause);
}
