import { formatProblems, type Problem } from '@windhover/config/read';

/** Writes the problems of a configuration and returns the exit code for wrong input. */
export function refuseProblems(problems: readonly Problem[], err: (text: string) => void): 2 {
  err(formatProblems(problems));
  const isMissing = problems.length === 1 && problems[0]!.message.endsWith('found no such file');
  if (isMissing && problems[0]!.path === '') err('windhover init writes a first one.\n');
  return 2;
}
