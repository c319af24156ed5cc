import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createEndedLogins } from './ended-logins.ts';
import { endedLoginsRules } from './ended-logins-rules.ts';

describe('createEndedLogins()', () => {
  it('forgets an end after its time', () => {
    const clock = createManualClock();
    const ended = createEndedLogins({ keepMs: 1000, clock });
    ended.end('sid:1', 5);
    expect(ended.endedAt('sid:1')).toBe(5);
    clock.advance(1000);
    expect(ended.endedAt('sid:1')).toBe(null);
  });

  it('forgets the oldest when there are too many, and keeps the latest time of a key', () => {
    const ended = createEndedLogins({ maxEntries: 2, clock: createManualClock() });
    ended.end('a', 1);
    ended.end('b', 2);
    ended.end('a', 3);
    ended.end('c', 4);
    ended.end('a', 2);
    expect(['a', 'b', 'c'].map((key) => ended.endedAt(key))).toEqual([3, null, 4]);
  });

  it('refuses options that cannot work', () => {
    expect(() => createEndedLogins({ keepMs: 0 })).toThrow('keepMs');
  });
});

describe('createEndedLogins() as an EndedLogins', () => {
  for (const rule of endedLoginsRules)
    it(rule.name, () =>
      rule.run(async () => {
        const ended = createEndedLogins();
        return { ended, other: ended };
      }),
    );
});
