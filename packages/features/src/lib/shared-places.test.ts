import { describe, expect, it } from 'vitest';
import { SharedPlaces } from './shared-places.ts';

describe('SharedPlaces', () => {
  const make = () => {
    const places = new SharedPlaces<number>();
    let made = 0;
    return (place: string) => places.take(place, () => ++made);
  };

  it('gives a place the value that it had before the reload', () => {
    const take = make();
    const before = take('a');
    before.settle();
    expect(take('a').value).toBe(before.value);
    expect(take('b').value).not.toBe(before.value);
  });

  it('gives each of several equal places its own, and the same ones after a reload', () => {
    const take = make();
    const before = [take('a'), take('a')];
    expect(before.map(({ value }) => value)).toEqual([1, 2]);
    for (const share of before) share.settle();
    expect([take('a').value, take('a').value]).toEqual([1, 2]);
  });

  it('forgets a value when its last holder is gone, and a configuration that was given up', () => {
    const take = make();
    const before = take('a');
    before.settle();
    take('a').release(); // was only checked
    const next = take('a');
    next.settle();
    before.release();
    expect(take('a').value).toBe(1);
    const other = take('c');
    other.release();
    expect(take('c').value).toBe(3);
  });
});
