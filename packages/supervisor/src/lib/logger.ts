type Facts = Readonly<Record<string, unknown>>;

/** Where a supervisor says what it does. A `Logger` of `@windhover/core` is one. */
export interface SupervisorLogger {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

/** Warnings and errors on stderr, for a supervisor that was given no log. */
export const consoleLogger: SupervisorLogger = {
  info: () => undefined,
  warn: (message, facts) => console.warn(message, ...(facts === undefined ? [] : [facts])),
  error: (message, facts) => console.error(message, ...(facts === undefined ? [] : [facts])),
};

/** A log that throws must not take the supervisor with it. */
export function toSafeLogger(log: SupervisorLogger): SupervisorLogger {
  const guard =
    (level: keyof SupervisorLogger) =>
    (message: string, facts?: Facts): void => {
      try {
        log[level](message, facts);
      } catch {
        // There is nowhere left to say so.
      }
    };
  return { info: guard('info'), warn: guard('warn'), error: guard('error') };
}
