import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { PoolAction } from './pool-instance.ts';
import { type GivenPoolSettings, resolvePoolSettings } from './pool-settings.ts';
import { PoolState } from './pool-state.ts';

/** A pool without processes, on a clock of its own; `step` returns what is to be done, as short words. */
function pool(given: GivenPoolSettings = {}) {
  const clock = createManualClock({ now: Date.UTC(2026, 0, 5, 12) });
  const state = new PoolState(resolvePoolSettings(given));
  const words = (actions: readonly PoolAction[]): string =>
    actions.map((action) => ('id' in action ? `${action.do} ${action.id}` : action.level)).join(', ');
  const step = (act: (now: number) => readonly PoolAction[]): string => words(act(clock.now()));
  const after = (ms: number): string => {
    clock.advance(ms);
    return step((now) => state.tick(now));
  };
  return { state, clock, step, after };
}

type Pool = ReturnType<typeof pool>;
const start = ({ state, step }: Pool): string => step((now) => state.start(now));
const ready = ({ state, step }: Pool, id: number): string => step((now) => state.ready(now, id));
const exited = ({ state, step }: Pool, id: number): string => step((now) => state.exited(now, id, 'exit code 1'));
const drained = ({ state, step }: Pool, id: number): string => step((now) => state.drained(now, id));
const recycle = ({ state, step }: Pool): string => step((now) => state.recycle(now, 'it was asked for'));

describe('PoolState', () => {
  it('starts all instances at once, and is not asked again before the startup limit', () => {
    const made = pool({ instances: 3, startupMs: 30_000 });
    expect(start(made)).toBe('spawn 1, spawn 2, spawn 3');
    expect(made.state.nextAt - made.clock.now()).toBe(30_000);
    expect(ready(made, 2)).toBe('');
  });

  it('kills one that is not ready within the startup limit, once, and counts that as a failure', () => {
    const made = pool({ startupMs: 10_000 });
    start(made);
    expect(made.after(9999)).toBe('');
    expect(made.after(1)).toBe('kill 1');
    expect(made.after(1000)).toBe('');
    expect(exited(made, 1)).toBe('warn');
    expect(made.after(200)).toBe('spawn 2');
  });

  it('doubles the wait with each failure, and begins anew after a success that lasts', () => {
    const made = pool({ rapidFail: null, backoff: { initialMs: 100, maxMs: 300, resetMs: 1000 } });
    start(made);
    const waits = [100, 200, 300, 300].map((expected, index) => {
      exited(made, index + 1);
      return made.after(expected - 1) === '' && made.after(1) === `spawn ${index + 2}`;
    });
    expect(waits).toEqual([true, true, true, true]);
    ready(made, 5);
    made.clock.advance(1000);
    exited(made, 5);
    expect(made.after(100)).toBe('spawn 6');
  });

  it('gives up after five failures within five minutes, says so once, and starts again when asked', () => {
    const made = pool();
    start(made);
    const said = [1, 2, 3, 4, 5].map((id) => {
      const words = exited(made, id);
      made.after(30_000);
      return words;
    });
    expect(said).toEqual(['warn', 'warn', 'warn', 'warn', 'error']);
    expect(made.state.phase).toBe('failed');
    expect(made.state.nextAt).toBe(Number.POSITIVE_INFINITY);
    expect(start(made)).toBe('spawn 6');
  });

  it('shows as restarting while it has failed and nothing works, and as running from the next success on', () => {
    const made = pool({ instances: 2 });
    start(made);
    expect(made.state.shown).toBe('running');
    exited(made, 1);
    expect(made.state.shown).toBe('restarting');
    ready(made, 2);
    expect(made.state.shown).toBe('running'); // one works
    exited(made, 2);
    made.after(30_000);
    expect([made.state.shown, made.state.phase]).toEqual(['restarting', 'running']);
    made.step((now) => made.state.stop(now));
    expect(made.state.shown).toBe('stopped');
    start(made);
    expect(made.state.shown).toBe('running');
  });

  it('does not give up for failures that lie further apart', () => {
    const made = pool();
    start(made);
    for (let id = 1; id <= 12; id++) {
      exited(made, id);
      made.after(75_001);
    }
    expect(made.state.phase).toBe('running');
  });

  it('keeps an instance that works when those that should replace it fail', () => {
    const made = pool();
    start(made);
    ready(made, 1);
    expect(recycle(made)).toBe('info, spawn 2');
    for (let id = 2; id <= 6; id++) {
      exited(made, id);
      made.after(30_000);
    }
    expect(made.state.phase).toBe('failed');
    expect(made.state.instances.map(({ id, stage }) => `${id} ${stage}`)).toEqual(['1 ready']);
  });

  it('replaces instances one after the other; an old one drains when the new one is ready', () => {
    const made = pool({ instances: 2 });
    start(made);
    ready(made, 1);
    ready(made, 2);
    expect(recycle(made)).toBe('info, info, spawn 3');
    expect(ready(made, 3)).toBe('spawn 4, drain 1');
    expect(drained(made, 1)).toBe('end 1');
    expect(exited(made, 1)).toBe('');
    expect(ready(made, 4)).toBe('drain 2');
  });

  it('without overlap ends the old one before it starts the new one', () => {
    const made = pool({ recycle: { overlap: false } });
    start(made);
    ready(made, 1);
    expect(recycle(made)).toBe('info, drain 1');
    expect(drained(made, 1)).toBe('end 1');
    expect(exited(made, 1)).toBe('spawn 2');
  });

  it.each<[string, GivenPoolSettings['recycle'], (made: Pool) => string]>([
    ['after a time', { everyMs: 60_000 }, (made) => made.after(60_000)],
    ['after requests', { requests: 10 }, ({ state, step }) => step((now) => state.used(now, [[1, 10]]))],
    ['for its memory', { memoryBytes: 1000 }, ({ state, step }) => step((now) => state.memory(now, 1, 1001))],
    ['at a time of the day', { at: [noon() + 1] }, (made) => made.after(60_000)],
    ['when asked', {}, recycle],
    ['with another configuration', {}, ({ state, step }) => step((now) => state.change(now, resolvePoolSettings()))],
  ])('replaces an instance %s', (_, recycling, happens) => {
    const made = pool({ recycle: { everyMs: null, ...recycling } });
    start(made);
    ready(made, 1);
    expect(happens(made)).toBe('info, spawn 2');
    expect(made.after(30_000)).toBe('');
    expect(ready(made, 2)).toBe('drain 1');
  });

  it('gives requests most of the shutdown limit, then ends the process, and kills it at the limit', () => {
    const made = pool({ shutdownMs: 10_000 });
    start(made);
    ready(made, 1);
    expect(made.step((now) => made.state.stop(now))).toBe('drain 1');
    expect(made.after(7999)).toBe('');
    expect(made.after(1)).toBe('end 1');
    expect(made.after(1999)).toBe('');
    expect(made.after(1)).toBe('kill 1');
    expect(exited(made, 1)).toBe('');
  });

  it('starts with the first request, and ends when nobody uses it', () => {
    const made = pool({ start: 'on-request', idleStopMs: 60_000 });
    expect(start(made)).toBe('');
    expect(made.state.phase).toBe('idle');
    expect(made.step((now) => made.state.wanted(now))).toBe('spawn 1');
    expect(made.after(61_000)).toBe(''); // a slow start is not a time without requests
    ready(made, 1);
    made.clock.advance(50_000);
    made.step((now) => made.state.used(now, [[1, 1]]));
    expect(made.after(59_999)).toBe('');
    expect(made.after(1)).toBe('drain 1');
    expect(made.state.phase).toBe('idle');
    expect(made.step((now) => made.state.wanted(now))).toBe('spawn 2');
  });

  it('kills one that does not answer, and starts another', () => {
    const made = pool();
    start(made);
    ready(made, 1);
    expect(made.step((now) => made.state.silent(now, 1))).toBe('kill 1');
    expect(made.step((now) => made.state.silent(now, 1))).toBe('');
    expect(exited(made, 1)).toBe('warn');
    expect(made.after(200)).toBe('spawn 2');
  });

  it('tries at once after a change, and counts failures anew', () => {
    const made = pool();
    start(made);
    for (let id = 1; id <= 4; id++) {
      exited(made, id);
      if (id < 4) made.after(30_000);
    }
    expect(made.step((now) => made.state.change(now, resolvePoolSettings()))).toBe('spawn 5');
    expect(exited(made, 5)).toBe('warn');
    expect(made.state.phase).toBe('running');
  });

  it('stays stopped over a change, until it is started', () => {
    const made = pool();
    start(made);
    ready(made, 1);
    made.step((now) => made.state.stop(now));
    drained(made, 1);
    exited(made, 1);
    expect(made.step((now) => made.state.change(now, resolvePoolSettings()))).toBe('');
    expect(made.step((now) => made.state.wanted(now))).toBe('');
    expect(start(made)).toBe('spawn 2');
  });

  it('waits for nothing in the past while it starts one after the other', () => {
    const made = pool({ instances: 3 });
    start(made);
    for (const id of [1, 2, 3]) ready(made, id);
    exited(made, 1);
    expect(made.after(200)).toBe('spawn 4');
    exited(made, 2);
    expect(made.after(400)).toBe('');
    expect(made.state.nextAt).toBeGreaterThan(made.clock.now());
  });

  it('has fewer instances after a change that says so', () => {
    const made = pool({ instances: 3 });
    start(made);
    for (const id of [1, 2, 3]) ready(made, id);
    expect(made.step((now) => made.state.change(now, resolvePoolSettings({ instances: 1 })))).toBe(
      'info, info, info, spawn 4, drain 1, drain 2',
    );
    expect(ready(made, 4)).toBe('drain 3');
  });
});

/** 12:00 UTC as minutes of the machine's own day. */
function noon(): number {
  const at = new Date(Date.UTC(2026, 0, 5, 12));
  return at.getHours() * 60 + at.getMinutes();
}
