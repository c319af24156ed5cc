import {
  createDistributionServices,
  defineDistribution,
  formatProblems,
  loadConfig,
  startGenerations,
} from '@windhover/config';
import type { HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { standardFeatures, standardResources } from './standard-features.ts';

const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A server whose requests end when the test says so, and whose configuration can be replaced. */
class Server {
  readonly clock = createManualClock();
  readonly services = createDistributionServices({ log, clock: this.clock });
  running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly slow: Feature<unknown> = {
    name: 'slow',
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    create: () => ({ layers: [{ phase: 'origin', run: (context) => this.run(context) }] }),
  };
  private readonly definition = defineDistribution({
    features: [...standardFeatures, this.slow],
    resources: standardResources,
  });
  private generations: Awaited<ReturnType<typeof startGenerations>> | null = null;

  async use(text: string): Promise<void> {
    const loaded = await loadConfig({ file: '/etc/w.yaml', text }, this.definition, this.services);
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    if (this.generations === null) this.generations = await startGenerations(loaded.config, this.services);
    else await this.generations.replace(loaded.config);
  }

  ask(url = '/', Host = 'a') {
    return runHandler(this.generations!.handler, { url, headers: { Host } });
  }

  /** Ends all requests, those that only begin because of it too. */
  async finish(): Promise<void> {
    while (this.waiting.length > 0) {
      for (const resolve of this.waiting.splice(0)) resolve();
      await settle();
    }
  }

  /** The value of a series. */
  metric(name: string, ...labels: readonly string[]): number | undefined {
    const family = this.services.metrics.collect().find((each) => each.name === name);
    return family?.series.find((each) => each.labels.join() === labels.join())?.value;
  }

  private async run({ response }: HttpContext): Promise<void> {
    this.running += 1;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running -= 1;
    response.body = 'done';
  }
}

const statuses = async (answers: readonly ReturnType<Server['ask']>[]): Promise<readonly number[]> =>
  (await Promise.all(answers)).map(({ status }) => status);

describe('concurrency', () => {
  it('takes the number alone, and a limit of a route stands inside of that of the top level', async () => {
    const server = new Server();
    await server.use(`
concurrency: { max: 3, queue: 0 }
sites: { a: { routes: [{ path: /, slow: true }, { path: /few, concurrency: 1, slow: true }] } }`);
    const few = [server.ask('/few'), server.ask('/few')];
    await settle();
    expect(server.running).toBe(1); // the other one waits, and has a place of the top level
    const others = [server.ask('/'), server.ask('/')];
    await settle();
    expect(server.running).toBe(2);
    expect(server.metric('windhover_concurrency_waiting', 'a', '/few', '')).toBe(1);
    expect(server.metric('windhover_concurrency_refused_total', '', '', '', 'full')).toBe(1);
    await server.finish();
    expect(await statuses([...few, ...others])).toEqual([200, 200, 200, 503]);
    expect(server.metric('windhover_concurrency_waiting', 'a', '/few', '')).toBe(0);
  });

  it('refuses what has waited for too long, with the page of the site', async () => {
    const server = new Server();
    await server.use(`
errorPages: true
sites: { a: { concurrency: { max: 1, queueTimeout: 2s, retryAfter: 10s }, routes: [{ path: /, slow: true }] } }`);
    const first = server.ask();
    const second = server.ask();
    await settle();
    server.clock.advance(2000);
    const refused = await second;
    expect([refused.status, refused.headers.get('retry-after'), refused.text()]).toEqual([
      503,
      '10',
      '503 Service Unavailable\n',
    ]);
    expect(server.metric('windhover_concurrency_refused_total', 'a', '', '', 'timeout')).toBe(1);
    await server.finish();
    expect((await first).status).toBe(200);
  });

  it('counts the requests of the replaced configuration too, and takes the new limit', async () => {
    const server = new Server();
    const config = (max: number): string =>
      `sites: { a: { routes: [{ path: /, concurrency: { max: ${max}, queue: 0 }, slow: true }] } }`;
    await server.use(config(2));
    const before = [server.ask(), server.ask()];
    await settle();
    await server.use(config(2));
    expect((await server.ask()).status).toBe(503);
    await server.use(config(3));
    const after = [server.ask(), server.ask()];
    await settle();
    expect(server.running).toBe(3);
    await server.finish();
    expect(await statuses([...before, ...after])).toEqual([200, 200, 200, 503]);
  });

  it('counts two routes of one path apart', async () => {
    const server = new Server();
    await server.use(`
sites:
  a:
    routes:
      - { path: /, hosts: a, concurrency: { max: 1, queue: 0 }, slow: true }
      - { path: /, hosts: b, concurrency: { max: 1, queue: 0 }, slow: true }`);
    const answers = [server.ask('/', 'a'), server.ask('/', 'b'), server.ask('/', 'b')];
    await settle();
    expect(server.running).toBe(2);
    await server.finish();
    expect(await statuses(answers)).toEqual([200, 200, 503]);
  });
});
