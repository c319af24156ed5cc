import { checkNames } from './check-names.ts';
import type { ServerOptions } from './create-server.ts';
import { serverError } from './errors.ts';

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

type Rule = readonly [isValid: (value: unknown) => boolean, expected: string];

const hasMethods =
  (...names: string[]) =>
  (value: unknown): boolean =>
    isObject(value) && names.every((name) => typeof value[name] === 'function');

const rules: Readonly<Record<keyof ServerOptions, Rule>> = {
  limits: [isObject, 'an object'],
  log: [hasMethods('debug', 'info', 'warn', 'error'), 'an object with debug, info, warn and error'],
  clock: [hasMethods('now', 'schedule'), 'an object with now and schedule'],
  wheel: [hasMethods('createDeadline'), 'what createTimerWheel() makes'],
  halfClose: [(value) => value === 'abort' || value === 'allow', "'abort' or 'allow'"],
  onProtocolError: [(value) => typeof value === 'function', 'a function'],
};

/** Throws `SERVER_OPTION_INVALID` for what `createServer()` does not understand, before it can do harm. */
export function checkOptions(options: ServerOptions): void {
  if (!isObject(options)) throw serverError('SERVER_OPTION_INVALID', `createServer() takes an object, got ${options}`);
  checkNames('createServer()', options, Object.keys(rules));
  for (const [name, [isValid, expected]] of Object.entries(rules)) {
    const value: unknown = options[name as keyof ServerOptions];
    if (value !== undefined && !isValid(value))
      throw serverError('SERVER_OPTION_INVALID', `${name} is ${describe(value)}, expected ${expected}`);
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : isObject(value) ? 'another object' : String(value);
}
