import type { Logger } from '@windhover/core';

/** Writes warnings and errors to stderr, for a server that was given no log. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, facts) => console.warn(message, ...(facts === undefined ? [] : [facts])),
  error: (message, facts) => console.error(message, ...(facts === undefined ? [] : [facts])),
};
