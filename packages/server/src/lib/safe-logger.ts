import type { Logger } from '@windhover/core';

/** A log whose own failures are warnings of the process: they must not cost anybody an answer. */
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
