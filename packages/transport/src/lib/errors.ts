/** Every code this package throws. */
export const transportErrors = {
  TRANSPORT_PORT_IN_USE: 'Another process listens there',
  TRANSPORT_PERMISSION: 'The system does not allow to listen there',
  TRANSPORT_BAD_ADDRESS: 'The address is not one of this machine',
  TRANSPORT_LISTEN_FAILED: 'Listening failed',
  TRANSPORT_CONNECT_FAILED: 'The connection could not be made',
  TRANSPORT_CONNECT_TIMEOUT: 'The connection was not made in time',
} as const;

/** A code of this package's errors. */
export type TransportErrorCode = keyof typeof transportErrors;

const brand = Symbol.for('windhover.TransportError');

/** A failure to listen or connect, with a stable code and the system's error as its cause. */
export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, detail: string, cause?: unknown) {
    super(`${transportErrors[code]}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'TransportError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a `TransportError`, of this copy of the package or another. */
  static is(value: unknown): value is TransportError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
