/** The facts of a `traceparent` field. */
export interface TraceParent {
  /** 32 hexadecimal digits, lower case, not all zero. */
  readonly traceId: string;
  /** The span of the caller: 16 hexadecimal digits, lower case, not all zero. */
  readonly spanId: string;
  /** Whether the caller may have recorded the trace. */
  readonly sampled: boolean;
}

const fields = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Parses `traceparent` (W3C Trace Context §3.2). Returns `null` for anything invalid: then a new trace begins (§4.3).
 * More may follow in a later version than 00, but only after a dash.
 */
export function parseTraceParent(values: readonly string[]): TraceParent | null {
  if (values.length !== 1) return null;
  const parts = fields.exec(values[0]!);
  if (parts === null) return null;
  const [, version, traceId, spanId, flags, more] = parts;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return null;
  return { traceId: traceId!, spanId: spanId!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

/** Formats it in version 00. Flags that this version does not define are 0 (§3.2.2.5). */
export function formatTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
