import { compose, type HttpContext } from '@windhover/core';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type AppGateOptions, appGate } from './app-gate.ts';
import type { AppSnapshot, AppUse } from './app-snapshot.ts';
import { AppView } from './app-view.ts';

const shop: AppSnapshot = { name: 'shop', phase: 'running', instances: [], draining: [], startupMs: 10_000 };
const one = { id: 1, address: 'unix:/1' };
const two = { id: 2, address: 'unix:/2' };

/** A gate before an application that answers at once, and what its view says and is told. */
function gate(options: Partial<AppGateOptions> = {}) {
  const clock = createManualClock();
  const said: AppUse[] = [];
  const loads: Record<string, { active: number; total: number }> = {};
  let targets = '';
  const view = new AppView('shop', {
    clock,
    tell: (use) => said.push(use),
    targets: {
      set: (addresses, draining) => (targets = `${addresses.join()} draining ${draining.join()}`),
      load: (address) => loads[address] ?? null,
    },
  });
  const handler = compose<HttpContext>([appGate(view, { clock, ...options })], ({ response }) => {
    response.body = 'from the application';
  });
  const ask = (method = 'GET') => runHandler(handler, { method });
  const words = (): string =>
    said
      .splice(0)
      .map(({ is }) => is)
      .join(' ');
  return { clock, view, ask, words, said, loads, targets: () => targets };
}

describe('appGate()', () => {
  it('lets requests through to an instance that is ready', async () => {
    const { view, ask } = gate();
    view.hear({ ...shop, instances: [one] });
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it('lets requests wait until there is one, and asks once for a start', async () => {
    const { view, ask, words } = gate();
    view.hear({ ...shop, phase: 'idle' });
    const asked = [ask(), ask()];
    expect(words()).toBe('wanted');
    view.hear(shop);
    view.hear({ ...shop, instances: [one] });
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
    expect(view.waiting).toBe(0);
  });

  it('asks again when the application became idle before an instance was ready', async () => {
    const { view, ask, words } = gate();
    view.hear({ ...shop, phase: 'idle' });
    const asked = ask();
    view.hear(shop);
    words();
    view.hear({ ...shop, phase: 'idle' });
    expect(words()).toBe('wanted');
    view.hear({ ...shop, instances: [one] });
    expect((await asked).status).toBe(200);
  });

  it('refuses one more than the queue takes, with Retry-After', async () => {
    const { view, ask } = gate({ queue: 1 });
    view.hear(shop);
    const first = ask();
    const second = await ask();
    expect(second).toMatchObject({ status: 503 });
    expect(second.headers.get('retry-after')).toBe('5');
    view.hear({ ...shop, instances: [one] });
    expect((await first).status).toBe(200);
  });

  it('refuses those that wait when the startup limit is over', async () => {
    const { view, ask, clock } = gate();
    view.hear(shop);
    const asked = ask();
    clock.advance(10_000);
    expect((await asked).status).toBe(503);
    expect(clock.pending).toBe(0);
  });

  it.each(['stopped', 'failed'] as const)('refuses those that wait, and later ones, when it is %s', async (phase) => {
    const { view, ask } = gate();
    view.hear(shop);
    const asked = ask();
    view.hear({ ...shop, phase });
    expect((await asked).status).toBe(503);
    expect((await ask()).status).toBe(503);
  });

  it('still lets requests through to an instance of an application that has failed', async () => {
    const { view, ask } = gate();
    view.hear({ ...shop, phase: 'failed', instances: [one] });
    expect((await ask()).status).toBe(200);
  });

  it('shows a splash page to GET and HEAD meanwhile; other methods wait', async () => {
    const { view, ask } = gate({ splash: { body: 'One moment', type: 'text/plain' } });
    view.hear(shop);
    const splash = await ask();
    expect(splash).toMatchObject({ status: 503 });
    expect(splash.headers.get('cache-control')).toBe('no-store');
    expect((await ask('HEAD')).status).toBe(503);
    const post = ask('POST');
    view.hear({ ...shop, instances: [one] });
    expect((await post).status).toBe(200);
  });

  it('refuses those that wait when the server begins to stop', async () => {
    const stopping = new AbortController();
    const { view, ask } = gate({ stopping: stopping.signal });
    view.hear(shop);
    const asked = ask();
    stopping.abort();
    expect((await asked).status).toBe(503);
  });
});

describe('AppView', () => {
  it('says that an instance has drained when its last request has ended', () => {
    const { view, said, loads, clock, targets } = gate();
    view.hear({ ...shop, instances: [one] });
    loads[one.address] = { active: 1, total: 1 };
    view.hear({ ...shop, instances: [two], draining: [one] });
    expect(targets()).toBe('unix:/2,unix:/1 draining unix:/1');
    const drained = (): boolean => said.some((use) => use.is === 'drained' && use.id === 1);
    clock.advance(5000);
    expect(drained()).toBe(false);
    loads[one.address]!.active = 0;
    clock.advance(50);
    expect(drained()).toBe(true);
  });

  it('tells once a second how many requests came, and nothing if there were none', () => {
    const { view, said, loads, clock, words } = gate();
    view.hear({ ...shop, instances: [one, two] });
    loads[one.address] = { active: 0, total: 3 };
    loads[two.address] = { active: 0, total: 1 };
    clock.advance(1000);
    expect(said.splice(0)).toEqual([
      {
        name: 'shop',
        is: 'used',
        counts: [
          [1, 3],
          [2, 1],
        ],
      },
    ]);
    clock.advance(5000);
    expect(words()).toBe('');
    loads[two.address] = { active: 1, total: 1 };
    clock.advance(1000);
    expect(said).toEqual([{ name: 'shop', is: 'used', counts: [] }]);
  });

  it('hears only of its own application', () => {
    const { view } = gate();
    view.hear({ ...shop, name: 'blog', instances: [one] });
    expect(view.isOpen).toBe(false);
  });
});
