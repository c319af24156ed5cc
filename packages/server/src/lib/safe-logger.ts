import type { Logger } from '@windhover/core';

/** Wraps a log so that its failures become process warnings: they must not cost a client its answer. */
export function safeLogger(log: Logger): Logger {
  const safely =
    (level: keyof Logger): Logger['error'] =>
    (message, facts) => {
      try {
        log[level](message, facts);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error), { type: 'WindhoverLogError' });
      }
    };
  return { debug: safely('debug'), info: safely('info'), warn: safely('warn'), error: safely('error') };
}
