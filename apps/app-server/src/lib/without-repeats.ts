import type { Logger } from '@windhover/core';
import { withoutLastLines } from './explain.ts';

type Facts = Readonly<Record<string, unknown>>;

/** Creates a log that omits the last lines of a worker that ended, for readers who have already seen them. */
export function withoutRepeats(log: Logger): Logger {
  const say =
    (level: keyof Logger) =>
    (message: string, facts: Facts = {}): void => {
      const { error } = facts;
      const isFailure = error instanceof Error && (error as { code?: unknown }).code === 'SUPERVISOR_WORKER_FAILED';
      const short = isFailure ? { ...facts, error: withoutLastLines(error.message) } : facts;
      log[level](withoutLastLines(message), short);
    };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
