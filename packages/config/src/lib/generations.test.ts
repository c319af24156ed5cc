import type { Connection } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { definition, events, testServices } from './config-fixtures.ts';
import type { DistributionServices } from './distribution-services.ts';
import { formatProblems } from './format-problems.ts';
import { startGenerations } from './generations.ts';
import { loadConfig } from './load-config.ts';

beforeEach(() => {
  events.length = 0;
});

async function load(text: string, services: DistributionServices) {
  const config = `sites: { a: { routes: [{ path: /, text: { text: "${text}" } }] } }`;
  const loaded = await loadConfig({ file: 'w', text: config }, definition, services);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('startGenerations()', () => {
  it('answers by the new configuration at once, and disposes of the old one', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services);
    expect((await runHandler(generations.handler, '/')).text()).toBe('one');
    await generations.replace(await load('two', services));
    expect((await runHandler(generations.handler, '/')).text()).toBe('two');
    await settle();
    await generations.dispose();
    expect(events).toEqual([
      ...['prepare one', 'commit one', 'prepare two', 'commit two', 'dispose one', 'dispose two'],
    ]);
  });

  it('keeps a configuration until its last request has ended', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answer = runHandler(async (context) => {
      await generations.handler(context);
      await held;
    }, '/');
    await generations.replace(await load('two', services));
    await settle();
    expect(events).not.toContain('dispose one');
    release();
    expect((await answer).text()).toBe('one');
    await settle();
    expect(events).toContain('dispose one');
  });

  it('changes nothing when the new configuration cannot be prepared', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services);
    await expect(generations.replace(await load('broken', services))).rejects.toThrow('It does not start');
    expect((await runHandler(generations.handler, '/')).text()).toBe('one');
    expect(events).toEqual(['prepare one', 'commit one', 'prepare broken', 'dispose broken']);
  });

  it('changes nothing before a prepared configuration is committed, and lets go of one that is abandoned', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services);
    const second = await generations.prepare(await load('two', services));
    const third = generations.prepare(await load('three', services)); // waits for the second
    expect((await runHandler(generations.handler, '/')).text()).toBe('one');
    await second.abandon();
    second.commit(); // too late
    expect((await runHandler(generations.handler, '/')).text()).toBe('one');
    (await third).commit();
    expect((await runHandler(generations.handler, '/')).text()).toBe('three');
    await settle();
    expect(events).toEqual([
      ...['prepare one', 'commit one', 'prepare two', 'dispose two', 'prepare three', 'commit three', 'dispose one'],
    ]);
  });

  it('replaces one after the other: none is lost, each is disposed of once', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services);
    const [two, three] = [await load('two', services), await load('three', services)];
    await Promise.all([generations.replace(two), generations.replace(three)]);
    expect((await runHandler(generations.handler, '/')).text()).toBe('three');
    await settle();
    await generations.dispose();
    expect(events.filter((event) => event.startsWith('dispose')).sort()).toEqual([
      ...['dispose one', 'dispose three', 'dispose two'],
    ]);
  });

  it('keeps a configuration while work that it tracks goes on', async () => {
    const services = testServices();
    const one = await load('one', services);
    const generations = await startGenerations(one, services);
    let finish = (): void => undefined;
    one.work.add(
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
      'a refresh',
    );
    await generations.replace(await load('two', services));
    await settle();
    expect(events).not.toContain('dispose one');
    finish();
    await settle();
    expect(events).toContain('dispose one');
  });

  it('keeps a configuration until its last handler has ended, after an answer that came before', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services, async (context) => {
      context.abort(new Error('too late'));
      await held;
    });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const passing = await load('pass', services);
    await generations.replace(passing);
    const answer = runHandler(generations.handler, '/');
    expect((await answer).status).toBe(500);
    await generations.replace(await load('two', services));
    await settle();
    expect(events).not.toContain('dispose pass');
    release();
    await settle();
    expect(events).toContain('dispose pass');
  });

  it('runs the layers of the listener at which a request has arrived, before and after a reload', async () => {
    const services = testServices();
    const loadWith = async (labels: readonly string[]) => {
      const [one, two] = labels.map((label) => `shield: [{ label: ${label} }, { label: ${label}${label} }]`);
      const config = `
listen: [{ port: 1, ${one} }, { port: 2, ${two} }, 3]
sites: { a: { routes: [{ path: /, text: { text: hi } }] } }`;
      const loaded = await loadConfig({ file: 'w', text: config }, definition, services);
      if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
      return loaded.config;
    };
    const generations = await startGenerations(await loadWith(['a', 'b']), services);
    const ends: (() => void)[] = [];
    for (const id of [1, 2, 3]) {
      const connection = { info: { id }, onClosed: (end: () => void) => void ends.push(end) } as unknown as Connection;
      await generations.connectionsOf({ port: id })(connection, () => undefined);
    }
    const ask = async (id: number) => (await runHandler(generations.handler, { url: '/', connection: { id } })).text();
    expect([await ask(1), await ask(2), await ask(3)]).toEqual(['a(aa(hi))', 'b(bb(hi))', 'hi']);
    await generations.replace(await loadWith(['c', 'd']));
    expect([await ask(1), await ask(2), await ask(3)]).toEqual(['c(cc(hi))', 'd(dd(hi))', 'hi']);
    for (const end of ends) end();
    expect(await ask(1)).toBe('hi'); // nothing is kept of a closed connection
  });

  it('leaves the configuration in use alone when it is asked to replace itself', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services);
    await generations.replace(generations.current);
    await settle();
    expect(events).toEqual(['prepare one', 'commit one']);
  });

  it('disposes of what was still being prepared, once', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('one', services), services);
    const replaced = generations.replace(await load('two', services));
    await Promise.all([replaced, generations.dispose(), generations.dispose()]);
    expect(events.filter((event) => event.startsWith('dispose')).sort()).toEqual(['dispose one', 'dispose two']);
  });
});
