import { describe, expect, it } from 'vitest';
import { Leases } from './leases.ts';

describe('Leases', () => {
  const setUp = () => {
    const events: string[] = [];
    const leases = new Leases();
    const hold = (holder: object, name: string) =>
      leases.hold(
        holder,
        name,
        () => {
          events.push(`open ${name}`);
          return { name };
        },
        () => void events.push(`close ${name}`),
      );
    return { events, leases, hold };
  };

  it('opens a value once and closes it after its last holder has let go', async () => {
    const { events, leases, hold } = setUp();
    const [one, two] = [{}, {}];
    expect(hold(one, 'a')).toBe(hold(two, 'a'));
    hold(one, 'a');
    await leases.release(one);
    expect(events).toEqual(['open a']);
    await leases.release(two);
    await leases.release(two);
    expect(events).toEqual(['open a', 'close a']);
  });

  it('leaves what is in use alone when a configuration that was never used is given up', async () => {
    const { events, leases, hold } = setUp();
    const [live, aborted] = [{}, {}];
    hold(live, 'pool 1');
    hold(aborted, 'pool 2');
    await leases.release(aborted);
    expect(events).toEqual(['open pool 1', 'open pool 2', 'close pool 2']);
  });

  it('opens a closed value anew', async () => {
    const { events, leases, hold } = setUp();
    const holder = {};
    hold(holder, 'a');
    await leases.release(holder);
    hold(holder, 'a');
    expect(events).toEqual(['open a', 'close a', 'open a']);
  });

  it('closes the others when one fails, and gives the failure back', async () => {
    const { events, leases, hold } = setUp();
    const holder = {};
    leases.hold(
      holder,
      'bad',
      () => 1,
      () => {
        throw new Error('no');
      },
    );
    hold(holder, 'good');
    expect(await leases.release(holder)).toEqual([new Error('no')]);
    expect(events).toEqual(['open good', 'close good']);
  });

  it('keeps nothing when opening fails', async () => {
    const { leases, hold, events } = setUp();
    const fail = () =>
      leases.hold({}, 'a', () => {
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    hold({}, 'a');
    expect(events).toEqual(['open a']);
  });
});
