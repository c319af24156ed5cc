type Facts = Readonly<Record<string, unknown>>;

/** The log of a supervisor. A `Logger` of `@windhover/core` fits. */
export interface SupervisorLogger {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

/** The default log: warnings and errors on stderr. */
export const consoleLogger: SupervisorLogger = {
  info: () => undefined,
  warn: (message, facts) => console.warn(message, ...(facts === undefined ? [] : [facts])),
  error: (message, facts) => console.error(message, ...(facts === undefined ? [] : [facts])),
};

/** A log that throws must not end the supervisor. */
export function toSafeLogger(log: SupervisorLogger): SupervisorLogger {
  const guard =
    (level: keyof SupervisorLogger) =>
    (message: string, facts?: Facts): void => {
      try {
        log[level](message, facts);
      } catch {
        // There is nowhere left to report it.
      }
    };
  return { info: guard('info'), warn: guard('warn'), error: guard('error') };
}
