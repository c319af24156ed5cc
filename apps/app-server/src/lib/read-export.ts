import type { NodeServer } from '@windhover/adapter-connect';
import type { FastifyApp } from '@windhover/adapter-fastify';
import type { Handler, HttpContext } from '@windhover/core';
import { nearestName } from '@windhover/options';
import { AppError } from './app-error.ts';
import { allSettings, flagName } from './settings.ts';

/** The application to host. */
export type App = (
  | { readonly kind: 'handler'; readonly value: Handler<HttpContext> }
  | { readonly kind: 'fetch'; readonly value: FetchApp }
  | { readonly kind: 'listener'; readonly value: Listener }
  | { readonly kind: 'server'; readonly value: NodeServer }
  | { readonly kind: 'fastify'; readonly value: ClosableFastify }
) & {
  /** Called when a stop begins, while requests and WebSockets go on: for goodbyes, and for streams that never end. */
  stopping(): unknown;
  /** Releases the application's resources after the last request. */
  stop(): unknown;
};

/** `{ fetch }`. It is called as a method, because classes need their `this`. */
export interface FetchApp {
  fetch(request: Request, ...rest: unknown[]): Response | Promise<Response>;
}

// biome-ignore lint/suspicious/noExplicitAny: Express applications, Connect applications and plain functions share no better type
export type Listener = (request: any, response: any, next?: any) => unknown;

/** A Fastify instance, which must be closed at the end. */
export interface ClosableFastify extends FastifyApp {
  close(): PromiseLike<unknown>;
}

const kinds = ['handler', 'fetch', 'listener', 'server', 'fastify'] as const;
const keys = [...kinds, 'stopping', 'stop'];

/** The forms that a module may export, for messages. */
export const exportForms = 'a handler, or { handler }, { fetch }, { listener }, { server } or { fastify }';

/** Reads the default export of a module. Its kind is given by name, because functions of different kinds look alike. Throws an `AppError`. */
export function readExport(exported: unknown): App {
  const mistaken = mistakenFor(exported);
  if (mistaken !== null) throw new AppError(mistaken);
  if (isFunction(exported)) return { kind: 'handler', value: exported, stopping: nothing, stop: nothing };
  const present = kinds.filter((kind) => isRecord(exported) && exported[kind] !== undefined);
  const [kind, other] = present;
  if (!isRecord(exported) || kind === undefined)
    throw new AppError(
      `expected ${exportForms} as the default export: found ${describe(exported)}${suggestion(unknownKeys(exported))}`,
    );
  if (other !== undefined)
    throw new AppError(`expected one of ${kinds.join(', ')} in the default export: found ${listAll(present)}`);
  checkKeys(exported);
  const stopping = hookOf(exported, 'stopping');
  const stop = hookOf(exported, 'stop');
  const value = exported[kind];
  switch (kind) {
    case 'fetch':
      if (!hasFetch(exported)) throw wrongValue(kind, 'a function', value);
      return { kind, value: exported, stopping, stop };
    case 'server':
      if (!isNodeServer(value)) throw wrongValue(kind, 'a server of node:http', value);
      if (value.listening === true) throw new AppError(`server in the default export ${serverListens}`);
      return { kind, value, stopping, stop };
    case 'fastify':
      if (!isFastify(value)) throw wrongValue(kind, 'a Fastify 5 instance', value);
      if (value.server.listening) throw new AppError(`fastify in the default export ${listens}`);
      return { kind, value, stopping, stop: async () => [await stop(), await value.close()] };
    default:
      if (!isFunction(value)) throw wrongValue(kind, 'a function', value);
      return { kind, value, stopping, stop };
  }
}

/**
 * Reports misspelt keys: with `{ fetch, stpo }` the function would never be called. Other unknown keys are allowed, since they may belong
 * to another host or to the application.
 */
function checkKeys(exported: Readonly<Record<string, unknown>>): void {
  for (const key of unknownKeys(exported)) {
    const hint = Object.hasOwn(allSettings, key) ? `, which is an option: --${flagName(key)}` : suggestion([key]);
    if (hint !== '') throw new AppError(`expected only ${listAll(keys)} in the default export: found ${key}${hint}`);
  }
}

/** Returns unknown keys of a plain object. An instance of a class may have any members. */
function unknownKeys(exported: unknown): string[] {
  const isPlain = isRecord(exported) && Object.getPrototypeOf(exported) === Object.prototype;
  return isPlain ? Object.keys(exported).filter((key) => !keys.includes(key)) : [];
}

function suggestion(unknown: readonly string[]): string {
  const nearest = unknown.map((key) => nearestName(key, keys)).find((name) => name !== undefined);
  return nearest === undefined ? '' : `. Did you mean ${nearest}?`;
}

const listens = 'listens already: leave app.listen() out, this server listens in its place';

const serverListens = 'listens already: leave server.listen() out, this server listens in its place';

function hookOf(exported: Readonly<Record<string, unknown>>, name: 'stopping' | 'stop'): () => unknown {
  const hook = exported[name];
  if (hook === undefined) return nothing;
  if (!isFunction(hook)) throw wrongValue(name, 'a function', hook);
  return () => hook.call(exported);
}

function wrongValue(name: string, expected: string, value: unknown): AppError {
  return new AppError(`${name} in the default export: expected ${expected}, found ${describe(value)}`);
}

/** Returns why an export is probably a mistake. Otherwise such an application would answer nothing, without any explanation. */
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
    return 'the default export is a server of node:http: write export default { server }, and leave server.listen() out';
  return null;
}

function isNodeServer(value: unknown): value is NodeServer {
  const { emit, listenerCount, listen } = Object(value) as Record<string, unknown>;
  return !isFunction(value) && isFunction(emit) && isFunction(listenerCount) && isFunction(listen); // an Express application is a function
}

// biome-ignore lint/suspicious/noExplicitAny: the parameters of a function are unknown at run time; its export name tells its kind
function isFunction(value: unknown): value is (...input: any[]) => any {
  return typeof value === 'function';
}

function isClass(value: unknown): boolean {
  return isFunction(value) && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Handlers may also have two parameters, `(context, next)`, so only the parameter names tell the kind, if they are the usual ones. */
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
  // There are no resources to release.
}
