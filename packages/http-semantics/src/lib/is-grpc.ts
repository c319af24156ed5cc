/**
 * Whether a `Content-Type` says gRPC, with any encoding of its messages: `application/grpc`, `application/grpc+proto`.
 * Not gRPC-Web, whose clients read other answers.
 */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?:[+; \t]|$)/i.test(contentType);
}
