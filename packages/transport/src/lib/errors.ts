/** Every code this package throws. */
export const transportErrors = {
  TRANSPORT_PORT_IN_USE: 'Another process listens there',
  TRANSPORT_PERMISSION: 'The system does not allow listening there',
  TRANSPORT_BAD_ADDRESS: 'Nothing can listen at this address',
  TRANSPORT_ADDRESS_INVALID: 'The address is not written correctly',
  TRANSPORT_BAD_OPTION: 'An option is not valid',
  TRANSPORT_LISTEN_FAILED: 'Listening failed',
  TRANSPORT_CONNECT_FAILED: 'The connection could not be made',
  TRANSPORT_CONNECT_TIMEOUT: 'The connection was not made in time',
  TRANSPORT_ACCEPT_FAILED: 'A connection could not be accepted',
  TRANSPORT_BAD_DESCRIPTOR: 'The descriptor is not a listening socket',
  TRANSPORT_BAD_ENVIRONMENT: 'The variables of socket activation are not valid',
  TRANSPORT_BAD_LIMIT: 'The connection limit is not valid',
  TRANSPORT_PROXY_INVALID: 'The PROXY header is not valid',
  TRANSPORT_PROXY_TIMEOUT: 'The PROXY header did not come in time',
  TRANSPORT_PROXY_REFUSED: 'Only listed proxies may connect',
  TRANSPORT_TLS_FILE: 'A certificate or key file cannot be read',
  TRANSPORT_TLS_BAD_CERTIFICATE: 'The certificate file is not valid',
  TRANSPORT_TLS_BAD_KEY: 'The key file is not valid',
  TRANSPORT_TLS_NO_KEY: 'The file of the certificate holds no private key',
  TRANSPORT_TLS_KEY_MISMATCH: 'The key does not belong to the certificate',
  TRANSPORT_TLS_NOT_IN_DATE: 'The certificate is not valid at this time',
  TRANSPORT_TLS_NAME_MISMATCH: 'The certificate is not for this name',
  TRANSPORT_TLS_BAD_OPTION: 'An option of TLS is not valid',
  TRANSPORT_TLS_CLIENT_REFUSED: 'The TLS handshake failed: the client certificate was refused',
  TRANSPORT_TLS_HANDSHAKE_FAILED: 'The TLS handshake failed',
  TRANSPORT_TLS_HANDSHAKE_TIMEOUT: 'The TLS handshake was not done in time',
  TRANSPORT_TLS_TOO_MANY: 'Too many TLS handshakes are under way',
  TRANSPORT_TLS_TRUNCATED: 'The TLS connection was cut',
} as const;

/** An error code of this package. */
export type TransportErrorCode = keyof typeof transportErrors;

const brand = Symbol.for('windhover.TransportError');

/** An error of this package, with a stable code. `cause` is the system's error, if there was one. */
export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, detail: string, cause?: unknown) {
    super(`${transportErrors[code]}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'TransportError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a `TransportError` of this or another copy of the package. */
  static is(value: unknown): value is TransportError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
