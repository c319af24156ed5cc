import type { Handler, HttpContext } from '@windhover/core';
import { AppError } from './app-error.ts';

/** What somebody wants to have hosted. */
export type App = (
  | { readonly kind: 'handler'; readonly value: Handler<HttpContext> }
  | { readonly kind: 'fetch'; readonly value: FetchApp }
  | { readonly kind: 'listener'; readonly value: Listener }
  | { readonly kind: 'fastify'; readonly value: FastifyApp }
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

/** What is needed of a Fastify instance. */
export interface FastifyApp {
  ready(): PromiseLike<unknown>;
  close(): PromiseLike<unknown>;
  readonly routing: Listener;
}

const kinds = ['handler', 'fetch', 'listener', 'fastify'] as const;
const forms = 'a handler, or { handler }, { fetch }, { listener } or { fastify }';

/** Reads the default export of a module. What it is, is said by name: functions of different kinds look alike. Throws an `AppError`. */
export function readExport(exported: unknown): App {
  if (exported === undefined) throw new AppError(`expected a default export, ${forms}: found none`);
  const mistaken = mistakenFor(exported);
  if (mistaken !== null) throw new AppError(mistaken);
  if (typeof exported === 'function')
    return { kind: 'handler', value: exported as Handler<HttpContext>, stop: nothing };
  if (typeof exported !== 'object' || exported === null)
    throw new AppError(`expected ${forms} as the default export: found ${describe(exported)}`);

  const named = exported as Record<string, unknown>;
  const present = kinds.filter((kind) => named[kind] !== undefined);
  const [kind, other] = present;
  if (kind === undefined) throw new AppError(`expected ${forms} as the default export: found ${describe(exported)}`);
  if (other !== undefined)
    throw new AppError(`expected one of ${present.join(', ')} in the default export: found both`);
  const value = named[kind];
  const isRight = kind === 'fastify' ? isFastify(value) : typeof value === 'function';
  if (!isRight) {
    const expected = kind === 'fastify' ? 'a Fastify 5 instance' : 'a function';
    throw new AppError(`${kind} in the default export: expected ${expected}, found ${describe(value)}`);
  }
  if (named['stop'] !== undefined && typeof named['stop'] !== 'function')
    throw new AppError(`stop in the default export: expected a function, found ${describe(named['stop'])}`);
  const stop = async (): Promise<void> => {
    await (named['stop'] as (() => unknown) | undefined)?.call(named);
    if (kind === 'fastify') await (value as FastifyApp).close();
  };
  return { kind, value: kind === 'fetch' ? named : value, stop } as unknown as App;
}

/** Why an application is not taken as it is: it would answer nothing, and nobody would know why. */
function mistakenFor(exported: unknown): string | null {
  const { use, handle, on, listen } = Object(exported) as Record<string, unknown>;
  if (
    typeof exported === 'function' &&
    typeof use === 'function' &&
    (typeof handle === 'function' || 'stack' in exported)
  )
    return 'the default export is an Express or Connect application: write export default { listener: app }';
  if (isFastify(exported)) return 'the default export is a Fastify instance: write export default { fastify: app }';
  if (typeof exported === 'object' && typeof on === 'function' && typeof listen === 'function')
    return 'the default export is a server, which listens by itself: give its listener, export default { listener }';
  return null;
}

function isFastify(value: unknown): value is FastifyApp {
  const { ready, close, routing, inject } = Object(value) as Record<string, unknown>;
  return [ready, close, routing, inject].every((method) => typeof method === 'function');
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an object without keys' : `an object with ${keys.slice(0, 5).join(', ')}`;
}

function nothing(): void {
  // Nothing is held.
}
