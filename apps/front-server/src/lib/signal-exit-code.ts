import { constants } from 'node:os';

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Notes the signals that stop this process from now on. The returned function gives the exit code: 0 when there was one at most, 143 or 130
 * when another one ended it at once, as a shell would say it.
 */
export function signalExitCode(): () => number {
  const received: NodeJS.Signals[] = [];
  for (const signal of stopSignals) process.on(signal, () => received.push(signal));
  return () => {
    const [, second] = received;
    return second === undefined ? 0 : 128 + constants.signals[second];
  };
}
