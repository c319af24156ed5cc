/** Statuses of gRPC for those of HTTP; other errors are UNKNOWN. */
const statuses: Readonly<Record<number, number>> = {
  400: 13, // INTERNAL
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  405: 12,
  408: 4, // DEADLINE_EXCEEDED
  413: 8, // RESOURCE_EXHAUSTED
  429: 8,
  431: 8,
  500: 13,
  501: 12,
  502: 14, // UNAVAILABLE
  503: 14,
  504: 4,
};
const UNKNOWN = 2;

/** What describes a body that is not sent. */
const ofBody = /^content-|^(?:etag|last-modified|accept-ranges|transfer-encoding)$/;

/**
 * Turns the fields of an error into those of the answer that clients of gRPC expect: `Trailers-Only`, with status 200 and
 * no body. `grpc-status` and `grpc-message` among the fields stay. The numbers are those that gRPC clients, and Envoy, give the statuses of
 * HTTP; but 408 and 504 are DEADLINE_EXCEEDED, and limits RESOURCE_EXHAUSTED.
 *
 * @param message for people
 */
export function grpcRefusal(fields: readonly string[], status: number, message: string): string[] {
  const kept = fields.filter((_, index) => !ofBody.test(fields[index - (index % 3)]!));
  kept.push('content-type', 'application/grpc', 'content-type');
  if (!has(kept, 'grpc-status')) kept.push('grpc-status', String(statuses[status] ?? UNKNOWN), 'grpc-status');
  if (!has(kept, 'grpc-message')) kept.push('grpc-message', encodeMessage(message), 'grpc-message');
  return kept;
}

function has(fields: readonly string[], name: string): boolean {
  return fields.some((part, index) => index % 3 === 0 && part === name);
}

/** "Percent-Encoded" of gRPC over HTTP/2: UTF-8, of which only printable ASCII without % stands for itself. */
function encodeMessage(message: string): string {
  return message.replace(/[^ -$&-~]+/g, (part) => {
    return [...Buffer.from(part)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  });
}
