import { HttpError } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { startFault } from './start-fault.ts';

describe('startFault', () => {
  it('says what is wrong with a file, and nothing for a bug', () => {
    const unreadable = new HttpError(500, 'AUTH_USERS_UNREADABLE', 'people: cannot be read');
    expect(startFault(unreadable)).toBe('people: cannot be read');
    const system = Object.assign(new Error("EACCES: permission denied, mkdir '/cache'"), { code: 'EACCES' });
    expect(startFault(system)).toBe("EACCES: permission denied, mkdir '/cache'");
    expect(startFault(new TypeError('x is not a function'))).toBeNull();
    expect(startFault(Object.assign(new TypeError('wrong'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeNull();
    expect(startFault('text')).toBeNull();
  });
});
