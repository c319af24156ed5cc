import type { Http2Stream } from '@windhover/http2-codec';
import { describe, expect, it, vi } from 'vitest';
import { refuseRequest } from './refuse-request.ts';

/** The status with which a request is refused. */
function refusedWith(method: string, contentType: string): unknown {
  const respond = vi.fn();
  const fields = ['content-type', contentType, 'content-type'];
  refuseRequest({ method, fields, respond, write: vi.fn() } as unknown as Http2Stream, 413, 'Too long', '');
  return respond.mock.calls[0]![0];
}

describe('refuseRequest()', () => {
  it.each([
    ['POST', 'application/grpc', 200],
    ['GET', 'application/grpc', 413],
    ['HEAD', 'application/grpc', 413],
    ['POST', 'application/grpc-web', 413],
  ])('answers %s of %s with %d: calls of gRPC are POST, and caches keep a 200 to GET', (method, type, expected) => {
    expect(refusedWith(method, type)).toBe(expected);
  });
});
