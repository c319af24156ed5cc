import type { Logger } from '@windhover/core';
import { withoutLastLines } from './explain.ts';

type Facts = Readonly<Record<string, unknown>>;

/**
 * A log that tells once how a worker ended: a message that only repeats the error of the one before is dropped.
 *
 * @param isShown whether whoever reads it has seen what the worker wrote before it ended: the log need not have it then
 */
export function withoutRepeats(log: Logger, isShown: boolean): Logger {
  let lastFailure: string | null = null;
  const say =
    (level: keyof Logger) =>
    (message: string, facts: Facts = {}): void => {
      if (lastFailure !== null && message.endsWith(lastFailure)) return;
      const { error } = facts;
      const isFailure = error instanceof Error && (error as { code?: unknown }).code === 'SUPERVISOR_WORKER_FAILED';
      lastFailure = isFailure ? error.message : null;
      const short = isFailure ? { ...facts, error: withoutLastLines(error.message) } : facts;
      if (isShown) log[level](withoutLastLines(message), short);
      else log[level](message, facts);
    };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
