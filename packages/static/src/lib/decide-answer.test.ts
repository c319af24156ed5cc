import { HttpHeaders } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { decideAnswer } from './decide-answer.ts';
import { fileValidators } from './validators.ts';

const now = Date.UTC(2024, 5, 7, 12, 0, 0);
const mtimeMs = now - 3_600_000;
const mtimeNs = BigInt(mtimeMs) * 1_000_000n;
const validators = fileValidators({ id: '1:2', size: 10, mtimeNs, ctimeNs: mtimeNs }, 'abc', now);
const { etag } = validators;
const same = new Date(mtimeMs).toUTCString();
const before = new Date(mtimeMs - 1_000).toUTCString();

const decide = (headers: Record<string, string>, method = 'GET', size = 10): unknown => {
  const answer = decideAnswer({ method, headers: new HttpHeaders(headers) }, { size, validators }, now);
  return answer.kind === 'part' ? [answer.range.start, answer.range.end] : answer.kind;
};

describe('decideAnswer()', () => {
  it.each<[Record<string, string>, unknown, string]>([
    [{}, 'whole', 'nothing is asked'],
    [{ 'If-None-Match': etag }, 'not-modified', 'the tag is known'],
    [{ 'If-None-Match': `W/${etag}` }, 'not-modified', 'the comparison is weak'],
    [{ 'If-None-Match': '"x"' }, 'whole', 'the tag is another'],
    [{ 'If-Modified-Since': same }, 'not-modified', 'the time is known'],
    [{ 'If-Modified-Since': before }, 'whole', 'the copy is older'],
    [{ 'If-None-Match': '"x"', 'If-Modified-Since': same }, 'whole', 'the tag counts more than the time'],
    [{ 'If-Match': etag }, 'whole', 'the file is the one'],
    [{ 'If-Match': '"x"' }, 'precondition-failed', 'the file is another'],
    [{ 'If-Match': `W/${etag}` }, 'precondition-failed', 'the comparison is strong'],
    [{ 'If-Unmodified-Since': before }, 'precondition-failed', 'the file is newer'],
    [{ 'If-Match': '"x"', 'If-None-Match': etag }, 'precondition-failed', 'If-Match comes first'],
    [{ Range: 'bytes=0-0' }, [0, 0], 'one byte'],
    [{ Range: 'bytes=2-4' }, [2, 4], 'a part'],
    [{ Range: 'bytes=7-' }, [7, 9], 'to the end'],
    [{ Range: 'bytes=-3' }, [7, 9], 'the last bytes'],
    [{ Range: 'bytes=-99' }, [0, 9], 'more than there are'],
    [{ Range: 'bytes=5-99' }, [5, 9], 'beyond the end'],
    [{ Range: 'bytes=0-3,2-5' }, [0, 5], 'ranges that join'],
    [{ Range: 'bytes=0-1,4-5' }, 'whole', 'ranges that do not'],
    [{ Range: 'bytes=10-' }, 'unsatisfiable', 'behind the end'],
    [{ Range: 'bytes=-0' }, 'unsatisfiable', 'no bytes'],
    [{ Range: 'bytes=4-2' }, 'whole', 'malformed'],
    [{ Range: 'lines=0-1' }, 'whole', 'another unit'],
    [{ Range: 'bytes=0-1', 'If-Range': etag }, [0, 1], 'the copy is of this file'],
    [{ Range: 'bytes=0-1', 'If-Range': '"x"' }, 'whole', 'the copy is of another'],
    [{ Range: 'bytes=0-1', 'If-Range': `W/${etag}` }, 'whole', 'a weak tag joins no parts'],
    [{ Range: 'bytes=0-1', 'If-Range': same }, [0, 1], 'the time is exact'],
    [{ Range: 'bytes=0-1', 'If-Range': before }, 'whole', 'the time is another'],
    [{ Range: 'bytes=10-', 'If-None-Match': etag }, 'not-modified', 'conditions come before ranges'],
  ])('%j → %j: %s', (headers, expected) => {
    expect(decide(headers)).toEqual(expected);
  });

  it('ignores Range for HEAD (RFC 9110 §14.2)', () => {
    expect(decide({ Range: 'bytes=0-1' }, 'HEAD')).toBe('whole');
    expect(decide({ 'If-None-Match': etag }, 'HEAD')).toBe('not-modified');
  });

  it('has no part of an empty file', () => {
    expect(decide({ Range: 'bytes=0-' }, 'GET', 0)).toBe('unsatisfiable');
    expect(decide({ Range: 'bytes=-5' }, 'GET', 0)).toBe('whole');
  });
});
