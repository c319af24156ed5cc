import { formatProblems, type Problem } from '@windhover/host';

/** Writes the problems of a configuration and returns the exit code for wrong input. */
export function refuseProblems(problems: readonly Problem[], err: (text: string) => void): 2 {
  err(formatProblems(problems));
  return 2;
}
