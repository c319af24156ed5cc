/** How an exchange ended. Times are milliseconds since the epoch, with fractions. */
export interface Outcome {
  /** The status that was sent; 0 if none was, 444 if the connection was closed by `response.drop()`. */
  readonly status: number;
  /** Bytes of the response body sent, framing not counted. */
  readonly bytesSent: number;
  /** When the first byte of the request was read. */
  readonly startedAt: number;
  /** When the response head was decided; the same as `endedAt` if it never was. */
  readonly headAt: number;
  /** When the last byte went to the kernel, or the exchange was given up. */
  readonly endedAt: number;
  readonly end: 'complete' | 'client-closed' | 'deadline' | 'handler-failed' | 'shutdown' | 'upgraded';
  readonly error?: Error;
}
