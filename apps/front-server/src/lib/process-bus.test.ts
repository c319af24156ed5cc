import { describe, expect, it } from 'vitest';
import { ProcessBus } from './process-bus.ts';

describe('ProcessBus', () => {
  it('passes on what is published, and gives what others have published to those who listen for it', () => {
    const told: unknown[] = [];
    const errors: string[] = [];
    const heard: unknown[] = [];
    const bus = new ProcessBus((published) => told.push(published), { error: (message) => errors.push(message) });
    const listen = (message: unknown): void => void heard.push(message);
    bus.subscribe('cache', () => {
      throw new Error('broken');
    });
    const ends = [bus.subscribe('cache', listen), bus.subscribe('cache', listen)];
    bus.publish('cache', { purge: '/a' });
    expect(told).toEqual([{ kind: 'published', topic: 'cache', message: { purge: '/a' } }]);
    expect(heard).toEqual([]); // not its own
    bus.hear({ kind: 'published', topic: 'cache', message: 1 });
    bus.hear({ kind: 'published', topic: 'other', message: 2 });
    ends[0]!();
    bus.hear({ kind: 'published', topic: 'cache', message: 3 });
    expect([heard, errors.length]).toEqual([[1, 1, 3], 2]);
  });
});
