import { badOption } from './bad-option.ts';
import { isRecord, kindOf, showValue } from './describe-value.ts';
import type { TransportError } from './errors.ts';
import type { ListenOptions } from './listen.ts';
import { unknownName } from './unknown-name.ts';

/** What `listen` can be told, beside where. */
export const listenOptionNames: readonly string[] = [
  'backlog',
  'driver',
  'middleware',
  'tls',
  'onAcceptError',
] satisfies (keyof ListenOptions)[];

/** Throws `TRANSPORT_BAD_OPTION`. Whoever writes `tsl`, or forgets an `await`, must not serve plain bytes where TLS was meant. */
export function checkListenOptions(accept: unknown, options: ListenOptions): void {
  if (typeof accept !== 'function') {
    throw refuse(`accept: a function that takes a connection was expected, got ${kindOf(accept)}`);
  }
  if (!isRecord(options)) throw refuse(`the options: an object was expected, got ${kindOf(options)}`);
  const unknown = unknownName(options, listenOptionNames);
  if (unknown !== null) throw refuse(unknown);
  const { backlog, driver, middleware, tls, onAcceptError } = options as { readonly [name: string]: unknown };
  if (backlog !== undefined && !isBacklog(backlog)) {
    throw refuse(`backlog: a whole number from 1 to ${maxBacklog} was expected, got ${showValue(backlog)}`);
  }
  if (driver !== undefined && driver !== 'borrow' && driver !== 'data') {
    throw refuse(`driver: 'borrow' or 'data' was expected, got ${showValue(driver)}`);
  }
  if (middleware !== undefined) checkMiddleware(middleware);
  if (tls !== undefined) checkTls(tls);
  if (onAcceptError !== undefined && typeof onAcceptError !== 'function') {
    throw refuse(`onAcceptError: a function was expected, got ${kindOf(onAcceptError)}`);
  }
}

/** The system takes a C int. */
const maxBacklog = 2 ** 31 - 1;

function isBacklog(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxBacklog;
}

function checkMiddleware(middleware: unknown): void {
  if (!Array.isArray(middleware))
    throw refuse(`middleware: a list of functions was expected, got ${kindOf(middleware)}`);
  const index = middleware.findIndex((each) => typeof each !== 'function');
  if (index !== -1) throw refuse(`middleware[${index}]: a function was expected, got ${kindOf(middleware[index])}`);
}

function checkTls(tls: unknown): void {
  if (isRecord(tls) && typeof tls['middleware'] === 'function' && typeof tls['driver'] === 'string') return;
  if (typeof (tls as { then?: unknown } | null)?.then === 'function') {
    throw refuse('tls: got a promise. Did you forget `await` before createTls(…)?');
  }
  throw refuse(`tls: await createTls(…) makes it, got ${kindOf(tls)}. Without TLS leave it out`);
}

function refuse(what: string): TransportError {
  return badOption('listen()', what);
}
