import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { host as fixture } from './host-fixtures.ts';
import { createLocalHost } from './local-host.ts';

const createHost = () => createLocalHost({ log: fixture.log, clock: createManualClock() });

describe('createLocalHost()', () => {
  it('keeps a value for a key and version, and disposes of the one it replaces', () => {
    const host = createHost();
    const disposed: string[] = [];
    const keep = (version: string, value: string) =>
      host.keep(
        'key',
        version,
        () => value,
        (old) => disposed.push(old),
      );
    expect([keep('1', 'a'), keep('1', 'b'), keep('2', 'c')]).toEqual(['a', 'a', 'c']);
    expect(disposed).toEqual(['a']);
    host.dispose();
    expect(disposed).toEqual(['a', 'c']);
  });

  it('settles when all work has, failed work too', async () => {
    const host = createHost();
    const done: string[] = [];
    host.track(Promise.reject(new Error('failed')));
    host.track(Promise.resolve().then(() => done.push('work')));
    await host.settled();
    expect(done).toEqual(['work']);
  });
});
