import type { Logger } from '@windhover/core';

/** Warnings and errors on stderr, for a server that was given no log. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, facts) => console.warn(message, ...(facts === undefined ? [] : [facts])),
  error: (message, facts) => console.error(message, ...(facts === undefined ? [] : [facts])),
};
