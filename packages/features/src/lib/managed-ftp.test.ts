import type { SessionInfo } from '@windhover/ftp';
import { describe, expect, it, vi } from 'vitest';
import { managedFtp } from './managed-ftp.ts';

const session = (id: number, more: Partial<SessionInfo> = {}): SessionInfo => ({
  id,
  ...{
    remoteAddress: '::1',
    remotePort: 4000,
    localAddress: '::1',
    localPort: 21,
    startedAt: 5,
    isSecure: true,
    host: null,
  },
  ...{ user: { name: 'ada' }, folder: '/', command: null, bytes: 0, transfer: null },
  end: vi.fn(),
  ...more,
});

describe('managedFtp()', () => {
  it('lists sessions with their transfers', () => {
    const transfer = { verb: 'RETR', path: '/a', bytes: 7, startedAt: 6 };
    const sessions = [session(1, { command: 'RETR', bytes: 9, transfer }), session(2, { user: null })];
    expect(managedFtp(':21', { server: { sessions } }).read()).toMatchObject({
      counts: { sessions: 2, transfers: 1 },
      sessions: {
        all: [
          { user: 'ada', client: '[::1]:4000', startedAt: 5, command: 'RETR', path: '/a', bytes: 9 },
          { user: null, command: null, path: null },
        ],
      },
    });
    expect(managedFtp(':21', { server: null }).read()).toMatchObject({ counts: { sessions: 0 } });
  });

  it('ends the session of a name, and leaves those of other workers to them', () => {
    const sessions = [session(1), session(2)];
    const { end } = managedFtp(':21', { server: { sessions } }).actions!;
    expect(end!({ session: `${process.pid}.2` })).toEqual({ ended: `${process.pid}.2` });
    expect(sessions[0]!.end).not.toHaveBeenCalled();
    expect(sessions[1]!.end).toHaveBeenCalledOnce();
    expect(end!({ session: '0.1' })).toBe(null);
    expect(() => end!({})).toThrow('expected `session`');
  });
});
