/** How an exchange ended. Times are milliseconds since the epoch, with fractions. */
export interface Outcome {
  /** The status sent; 0 when nothing was. */
  readonly status: number;
  /** Bytes of the response body sent, framing not counted. */
  readonly bytesSent: number;
  /** The first byte of the request was read. */
  readonly startedAt: number;
  /** The response head was decided; `endedAt` when it never was. */
  readonly headAt: number;
  /** The last byte went to the kernel, or the exchange was given up. */
  readonly endedAt: number;
  readonly end: 'complete' | 'client-closed' | 'deadline' | 'handler-failed' | 'shutdown' | 'upgraded';
  readonly error?: Error;
}
