import { type ContextKey, contextKey, type HttpContext } from '@windhover/core';

/** How a call of gRPC has ended: the number in its trailers, or in the head of an answer without a body. Logs read it. */
const grpcStatusKey: ContextKey<number> = contextKey<number>('grpc.status');

/** Keeps the `grpc-status` of sent fields in the context, if there is one. The fields are names, values and names as sent, in turn. */
export function keepGrpcStatus(context: HttpContext, fields: readonly string[]): void {
  for (let index = 0; index < fields.length; index += 3) {
    const value = fields[index + 1]!;
    if (fields[index] === 'grpc-status' && /^\d{1,3}$/.test(value)) context.set(grpcStatusKey, Number(value));
  }
}
