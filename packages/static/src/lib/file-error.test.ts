import { describe, expect, it } from 'vitest';
import { expectMissing } from './file-error.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('expectMissing()', () => {
  it.each(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO'])('takes %s for a file that is missing', (code) => {
    expect(() => expectMissing(failure(code))).not.toThrow();
  });

  it.each([
    ['EACCES', 403, 'STATIC_FORBIDDEN'],
    ['EPERM', 403, 'STATIC_FORBIDDEN'],
    ['EMFILE', 503, 'STATIC_TOO_MANY_FILES'],
    ['ENFILE', 503, 'STATIC_TOO_MANY_FILES'],
    ['EIO', 500, 'STATIC_READ_FAILED'],
    ['EISDIR', 500, 'STATIC_READ_FAILED'],
  ])('makes %s a %d', (code, status, expected) => {
    const cause = failure(code);
    expect(() => expectMissing(cause)).toThrow(expect.objectContaining({ status, code: expected, cause }) as Error);
  });
});
