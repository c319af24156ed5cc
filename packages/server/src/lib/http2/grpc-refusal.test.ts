import { describe, expect, it } from 'vitest';
import { grpcRefusal } from './grpc-refusal.ts';

/** The value of a field in flat triples. */
function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let index = 0; index < fields.length; index += 3) if (fields[index] === name) return fields[index + 1];
  return undefined;
}

describe('grpcRefusal()', () => {
  it.each([
    [400, '13'],
    [401, '16'],
    [403, '7'],
    [404, '12'],
    [405, '12'],
    [408, '4'],
    [409, '2'],
    [413, '8'],
    [429, '8'],
    [431, '8'],
    [500, '13'],
    [501, '12'],
    [502, '14'],
    [503, '14'],
    [504, '4'],
    [599, '2'],
  ])('of %d has grpc-status %s', (status, expected) => {
    expect(fieldOf(grpcRefusal([], status, ''), 'grpc-status')).toBe(expected);
  });

  it('keeps a grpc-status that was set, and other fields, but none of the body', () => {
    const fields = [
      'grpc-status',
      '14',
      'grpc-status',
      'retry-after',
      '3',
      'Retry-After',
      'content-type',
      'text/html',
      'x',
    ];
    fields.push('content-encoding', 'gzip', 'x', 'etag', '"a"', 'x');
    expect(grpcRefusal(fields, 504, 'late')).toEqual([
      ...['grpc-status', '14', 'grpc-status', 'retry-after', '3', 'Retry-After'],
      ...['content-type', 'application/grpc', 'content-type', 'grpc-message', 'late', 'grpc-message'],
    ]);
  });

  it.each([
    ['100 % über\n', '100 %25 %C3%BCber%0A'],
    ['~ plain !', '~ plain !'],
    ['\ud800', '%EF%BF%BD'],
  ])('encodes the message %j', (message, expected) => {
    expect(fieldOf(grpcRefusal([], 500, message), 'grpc-message')).toBe(expected);
  });
});
