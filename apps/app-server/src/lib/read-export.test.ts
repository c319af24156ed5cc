import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readExport } from './read-export.ts';

const nothing = (): void => undefined;
const methods = { ready: nothing, close: nothing, routing: nothing, inject: nothing };
const fastify = { ...methods, server: { listening: false, on: nothing } };
const listening = { ...methods, server: { listening: true, on: nothing } };

describe('readExport()', () => {
  it('takes a function for a handler, whatever it expects', () => {
    for (const handler of [() => {}, (_context: unknown) => {}, (_a: unknown, _b: unknown, _c: unknown) => {}]) {
      expect(readExport(handler)).toMatchObject({ kind: 'handler', value: handler });
    }
  });

  it('knows a listener by the names of its parameters, and leaves handlers alone', () => {
    const listeners = [
      '(req, res) => res.end()',
      'async (request, response) => response.end()',
      'function (_req, res) {}',
      'async function serve(req, resp, next) {}',
      'function listener ( request , response ) { }',
    ];
    for (const source of listeners) {
      const listener: unknown = new Function(`return ${source}`)();
      expect(() => readExport(listener), source).toThrow('write export default { listener }');
      expect(readExport({ listener })).toMatchObject({ kind: 'listener' });
    }
    const handlers = [
      '(context, next) => next(context)',
      '({ request, response }) => {}',
      '(req) => {}',
      '(r, s) => {}',
    ];
    for (const source of handlers)
      expect(readExport(new Function(`return ${source}`)())).toMatchObject({ kind: 'handler' });
  });

  it('takes what is named', () => {
    expect(readExport({ handler: nothing })).toMatchObject({ kind: 'handler', value: nothing });
    expect(readExport({ listener: nothing })).toMatchObject({ kind: 'listener', value: nothing });
    expect(readExport({ fastify })).toMatchObject({ kind: 'fastify', value: fastify });
  });

  it('takes an object with fetch as it is: methods need their this', () => {
    class App {
      routes = [];
      fetch(): Response {
        return new Response('');
      }
    }
    const app = new App();
    expect(readExport(app)).toMatchObject({ kind: 'fetch', value: app });
  });

  it('stops what can be stopped, as a method', async () => {
    class App {
      handler = nothing;
      stopped = 0;
      async stop(): Promise<void> {
        this.stopped += 1;
      }
    }
    const app = new App();
    await readExport(app).stop();
    expect(app.stopped).toBe(1);
    await readExport(nothing).stop();
    await readExport(nothing).stopping();
  });

  it('closes a Fastify instance after the stop beside it', async () => {
    const calls: string[] = [];
    const app = { ...fastify, close: async () => void calls.push('close') };
    await readExport({ fastify: app, stop: async () => void calls.push('stop') }).stop();
    expect(calls).toEqual(['stop', 'close']);
  });

  it('lets an error of a getter come through', () => {
    const app = {
      get fetch(): never {
        throw new TypeError('not yet');
      },
    };
    expect(() => readExport(app)).toThrow(TypeError);
  });

  it('leaves keys of other hosts, and of its own, to the application', () => {
    const app = { fetch: nothing, scheduled: nothing, database: 7 };
    expect(readExport(app)).toMatchObject({ kind: 'fetch', value: app });
  });

  const all = { handler: nothing, fetch: nothing, listener: nothing, fastify };
  const express = Object.assign(() => undefined, { use: nothing, handle: nothing });
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'as the default export: found nothing'],
    ['a text', 'x', 'found a string'],
    ['null', null, 'found null'],
    ['an object of something else', { a: 1, b: 2 }, 'found an object with a, b'],
    ['a misspelt key', { lisener: nothing }, 'found an object with lisener. Did you mean listener?'],
    [
      'a misspelt key beside a right one',
      { fetch: nothing, stpo: nothing },
      'expected only handler, fetch, listener, server, fastify, stopping and stop in the default export: found stpo. Did you mean stop?',
    ],
    ['an option', { fetch: nothing, port: 3000 }, 'found port, which is an option: --port'],
    ['an empty object', {}, 'found an object without keys'],
    ['two at once', { fetch: nothing, listener: nothing }, 'in the default export: found fetch and listener'],
    ['three at once', { ...all, fastify: undefined }, 'found handler, fetch and listener'],
    ['a class', class App {}, 'the default export is a class: export an instance'],
    ['a Fastify instance that listens', { fastify: listening }, 'fastify in the default export listens already: leave'],
    ['a Fastify instance as it is that listens', listening, 'which listens already: leave app.listen() out'],
    [
      'something that is no function',
      { listener: 7 },
      'listener in the default export: expected a function, found a number',
    ],
    ['something that is no Fastify', { fastify: nothing }, 'expected a Fastify 5 instance'],
    [
      'a stopping that is none',
      { handler: nothing, stopping: 1 },
      'stopping in the default export: expected a function',
    ],
    ['a stop that is none', { handler: nothing, stop: true }, 'stop in the default export: expected a function'],
    ['an Express application as it is', express, 'write export default { listener: app }'],
    ['a Fastify instance as it is', fastify, 'write export default { fastify: app }'],
    ['a server of Node', createServer(), 'export default { server }'],
    ['something that is not a server', { server: {} }, 'expected a server of node:http, found an object without keys'],
  ])('refuses %s', (_what, exported, message) => {
    expect(() => readExport(exported)).toThrow(message);
  });
});
