import type { Logger } from '@windhover/core';
import { withoutLastLines } from './explain.ts';

type Facts = Readonly<Record<string, unknown>>;

/** A log for whoever has seen what a worker wrote before it ended: that is not told again. */
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
