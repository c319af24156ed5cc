import { describe, expect, it } from 'vitest';
import { isGrpc } from './is-grpc.ts';

describe('isGrpc()', () => {
  it.each([
    ['application/grpc', true],
    ['application/grpc+proto', true],
    ['Application/GRPC; charset=x', true],
    ['application/grpc-web', false],
    ['application/grpc-web+proto', false],
    ['application/grpcx', false],
    ['text/plain', false],
    [undefined, false],
  ])('%j is %s', (contentType, expected) => {
    expect(isGrpc(contentType)).toBe(expected);
  });
});
