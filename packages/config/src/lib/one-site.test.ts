import type { Connection, HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { runHandler } from '@windhover/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { events, definition as sites, testServices } from './config-fixtures.ts';
import { defineDistribution } from './define-distribution.ts';
import { formatProblems } from './format-problems.ts';
import { startGenerations } from './generations.ts';
import { loadConfig, type Overrides } from './load-config.ts';
import { createSiteHandler } from './site-handler.ts';

/** Works on connections, and says so. */
const greetConnections: Feature<unknown> = {
  name: 'greetConnections',
  levels: ['listener', 'top'],
  phases: ['connection'],
  combine: 'replace',
  schema: z.unknown(),
  create: () => ({
    layers: [
      {
        phase: 'connection',
        run: (connection, next) => {
          events.push('connection');
          return next(connection);
        },
      },
    ],
  }),
};

const { features, resources = [] } = sites.parts;
const definition = defineDistribution({
  features: [...features, greetConnections],
  resources,
  sections: { port: z.int().optional(), hosts: z.string().optional() },
  oneSite: true,
});

const application = ({ response }: HttpContext): void => {
  response.body = 'application';
};

async function load(text: string, overrides?: Overrides) {
  const loaded = await loadConfig({ file: '/etc/app.yaml', text }, definition, testServices(), {
    ...(overrides && { overrides }),
  });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
}

async function ask(text: string, url = '/', overrides?: Overrides): Promise<string> {
  return (await runHandler(createSiteHandler(await load(text, overrides), application), url)).text().trim();
}

beforeEach(() => void events.splice(0));

describe('a distribution of one site', () => {
  it('takes features of every level at the top, and runs them in the order of their phases', async () => {
    expect(await ask('text: { text: pass }\nlimit: true\nedge: true\nguard: true\n')).toBe(
      'edge(guard(limit(application)))',
    );
    expect(await ask('text: { text: mine }\nlimit: true\n')).toBe('limit(mine)');
  });

  it('gives every request to the last origin, for any host and path', async () => {
    const handler = createSiteHandler(await load('edge: true\n'), application);
    for (const request of [
      { url: '/a/b', headers: { Host: 'other.example' } },
      { url: '*', method: 'OPTIONS' },
    ])
      expect((await runHandler(handler, request)).text()).toBe('edge(application)');
  });

  it('adds nothing where the configuration names no feature', async () => {
    expect(createSiteHandler(await load('port: 1\n'), application)).toBe(application);
  });

  it('sends answers and errors from before the origin through the edge', async () => {
    expect(await ask('edge: true\nrewrite: { from: /a, to: answer }\n', '/a')).toBe('edge(answered)');
    expect(await ask('edge: true\nrewrite: { from: /a, to: /b }\n', '/a')).toBe('edge(application)');
  });

  it('needs no edge', async () => {
    const rewrites = 'rewrite: [{ from: /a, to: answer }, { from: /b, to: throw }]\nlimit: true\n';
    expect(await ask(rewrites, '/a')).toBe('answered');
    expect(await ask(rewrites, '/c')).toBe('limit(application)');
    expect(await ask(rewrites, '/b')).toBe('Internal Server Error');
  });

  it('makes resources, and features inside of features', async () => {
    expect(await ask('greetings: { one: { words: hi } }\ngreet: { with: one }\n')).toBe('hi');
    expect(await ask('only: { path: /a, do: { text: { text: inner }, limit: true } }\n', '/a')).toBe('limit(inner)');
  });

  it('tells features of routes that their path is the whole site', async () => {
    expect(await ask('static: { root: ./www }\n')).toBe('/etc  / ./www');
  });

  it('has no sites and listeners, and may use their keys for something else', async () => {
    const config = await load('port: 8080\nhosts: mine\nlimit: true\n');
    expect(config).toMatchObject({ sites: [], listeners: [], sections: { port: 8080, hosts: 'mine' } });
    await expect(load('listen: 1\nsites: { a: { hosts: "?" } }\ndefaultSite: b\n')).rejects.toThrow('3 problems');
  });

  it('tells what is wrong at the key of the top level, with the nearest right name', async () => {
    const wrong = load('limit: { lable: 1 }\nstatic: { root: ./missing }\nedgy: true\n');
    await expect(wrong).rejects.toThrow(/app\.yaml:1:10 {2}limit\.lable\n[\s\S]*Did you mean `label`\?/);
    await expect(wrong).rejects.toThrow(/app\.yaml:2:17 {2}static\.root\n[\s\S]*a folder that exists/);
    await expect(wrong).rejects.toThrow(/app\.yaml:3:1 {2}edgy\n[\s\S]*Did you mean `edge`\?/);
  });

  it('works on the connections of every listener', async () => {
    const services = testServices();
    const generations = await startGenerations(await load('greetConnections: true\n'), services, application);
    await generations.connectionsOf({ port: 1 })({} as Connection, () => void events.push('served'));
    expect(events).toEqual(['connection', 'served']);
    expect((await runHandler(generations.handler, '/')).text()).toBe('application');
    await generations.dispose();
  });
});

describe('overrides', () => {
  it('stand in place of what is written, which they may look at', async () => {
    const text = 'limit: { label: written }\nedge: true\n';
    expect(await ask(text, '/', () => ({ limit: { label: 'other' }, edge: false }))).toBe('other(application)');
    expect(await ask(text, '/', (written) => ({ limit: false, edge: written['limit'] }))).toBe('written(application)');
  });

  it('are checked as what is written, and leave alone what is no map', async () => {
    await expect(load('port: 1\n', () => ({ limit: { label: 5 } }))).rejects.toThrow(/limit\.label\n[\s\S]*found 5/);
    await expect(load('- port\n', () => ({ limit: true }))).rejects.toThrow('Expected a map');
  });
});
