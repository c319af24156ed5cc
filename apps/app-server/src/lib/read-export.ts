import type { FastifyApp } from '@windhover/adapter-fastify';
import type { Handler, HttpContext } from '@windhover/core';
import { nearestName } from '@windhover/options';
import { AppError } from './app-error.ts';
import { allSettings, flagName } from './settings.ts';

/** What somebody wants to have hosted. */
export type App = (
  | { readonly kind: 'handler'; readonly value: Handler<HttpContext> }
  | { readonly kind: 'fetch'; readonly value: FetchApp }
  | { readonly kind: 'listener'; readonly value: Listener }
  | { readonly kind: 'fastify'; readonly value: ClosableFastify }
) & {
  /** Lets go of what the application holds, after the last request. */
  stop(): unknown;
};

/** `{ fetch }`. It is called as a method: classes need their `this`. */
export interface FetchApp {
  fetch(request: Request, ...rest: unknown[]): Response | Promise<Response>;
}

// biome-ignore lint/suspicious/noExplicitAny: an Express application, a Connect one and a plain function have no better type in common
export type Listener = (request: any, response: any, next?: any) => unknown;

/** A Fastify instance, which has to be told when it is over. */
export interface ClosableFastify extends FastifyApp {
  close(): PromiseLike<unknown>;
}

const kinds = ['handler', 'fetch', 'listener', 'fastify'] as const;
const keys = [...kinds, 'stop'];

/** What a module may export, for messages. */
export const exportForms = 'a handler, or { handler }, { fetch }, { listener } or { fastify }';

/** Reads the default export of a module. What it is, is said by name: functions of different kinds look alike. Throws an `AppError`. */
export function readExport(exported: unknown): App {
  const mistaken = mistakenFor(exported);
  if (mistaken !== null) throw new AppError(mistaken);
  if (isFunction(exported)) return { kind: 'handler', value: exported, stop: nothing };
  const present = kinds.filter((kind) => isRecord(exported) && exported[kind] !== undefined);
  const [kind, other] = present;
  if (!isRecord(exported) || kind === undefined)
    throw new AppError(
      `expected ${exportForms} as the default export: found ${describe(exported)}${suggestion(unknownKeys(exported))}`,
    );
  if (other !== undefined)
    throw new AppError(`expected one of ${kinds.join(', ')} in the default export: found ${listAll(present)}`);
  checkKeys(exported);
  const stop = stopOf(exported);
  const value = exported[kind];
  switch (kind) {
    case 'fetch':
      if (!hasFetch(exported)) throw wrongValue(kind, 'a function', value);
      return { kind, value: exported, stop };
    case 'fastify':
      if (!isFastify(value)) throw wrongValue(kind, 'a Fastify 5 instance', value);
      if (value.server.listening) throw new AppError(`fastify in the default export ${listens}`);
      return { kind, value, stop: async () => [await stop(), await value.close()] };
    default:
      if (!isFunction(value)) throw wrongValue(kind, 'a function', value);
      return { kind, value, stop };
  }
}

/** Whoever writes `{ fetch, stpo }` would never see it called. Keys of other hosts, and of an application's own, are theirs. */
function checkKeys(exported: Readonly<Record<string, unknown>>): void {
  for (const key of unknownKeys(exported)) {
    const hint = Object.hasOwn(allSettings, key) ? `, which is an option: --${flagName(key)}` : suggestion([key]);
    if (hint !== '') throw new AppError(`expected only ${listAll(keys)} in the default export: found ${key}${hint}`);
  }
}

/** An instance of a class is somebody's own, with whatever it has. */
function unknownKeys(exported: unknown): string[] {
  const isPlain = isRecord(exported) && Object.getPrototypeOf(exported) === Object.prototype;
  return isPlain ? Object.keys(exported).filter((key) => !keys.includes(key)) : [];
}

function suggestion(unknown: readonly string[]): string {
  const nearest = unknown.map((key) => nearestName(key, keys)).find((name) => name !== undefined);
  return nearest === undefined ? '' : `. Did you mean ${nearest}?`;
}

const listens = 'listens already: leave app.listen() out, this server listens in its place';

function stopOf(exported: Readonly<Record<string, unknown>>): () => unknown {
  const { stop } = exported;
  if (stop === undefined) return nothing;
  if (!isFunction(stop)) throw wrongValue('stop', 'a function', stop);
  return () => stop.call(exported);
}

function wrongValue(name: string, expected: string, value: unknown): AppError {
  return new AppError(`${name} in the default export: expected ${expected}, found ${describe(value)}`);
}

/** Why an application is not taken as it is: it would answer nothing, and nobody would know why. */
function mistakenFor(exported: unknown): string | null {
  const { use, handle, on, listen } = Object(exported) as Record<string, unknown>;
  if (isClass(exported)) return 'the default export is a class: export an instance, export default new App()';
  if (isFunction(exported) && isFunction(use) && (isFunction(handle) || 'stack' in exported))
    return 'the default export is an Express or Connect application: write export default { listener: app }';
  if (takesRequestAndResponse(exported))
    return 'the default export is a function (request, response): write export default { listener }. A handler is (context, next)';
  if (isFastify(exported)) {
    const also = exported.server.listening ? `, which ${listens}` : '';
    return `the default export is a Fastify instance${also}: write export default { fastify: app }`;
  }
  if (typeof exported === 'object' && isFunction(on) && isFunction(listen))
    return 'the default export is a server, which listens by itself: give its listener, export default { listener }';
  return null;
}

// biome-ignore lint/suspicious/noExplicitAny: what a function takes cannot be seen, and is said by the name it is exported under
function isFunction(value: unknown): value is (...input: any[]) => any {
  return typeof value === 'function';
}

function isClass(value: unknown): boolean {
  return isFunction(value) && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Handlers may have two parameters as well, `(context, next)`: only their names tell, for who has named them as everybody does. */
function takesRequestAndResponse(value: unknown): boolean {
  return isFunction(value) && requestAndResponse.test(Function.prototype.toString.call(value));
}

const requestAndResponse =
  /^(?:async\b\s*)?(?:function\b\s*)?[\w$]*\s*\(\s*_?req(?:uest)?\s*,\s*_?res(?:ponse|p)?\s*[,)]/i;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function hasFetch(value: object): value is FetchApp {
  return 'fetch' in value && isFunction(value.fetch);
}

function isFastify(value: unknown): value is ClosableFastify {
  const { ready, close, routing, inject, server } = Object(value) as Record<string, unknown>;
  return [ready, close, routing, inject].every(isFunction) && isRecord(server);
}

function listAll(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (!isRecord(value)) return value === null ? 'null' : `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an object without keys' : `an object with ${keys.slice(0, 5).join(', ')}`;
}

function nothing(): void {
  // Nothing is held.
}
