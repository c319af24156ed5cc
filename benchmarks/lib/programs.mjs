import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const runProgram = promisify(execFile);

/** Whether a program is installed on this machine. */
export function hasProgram(program) {
  return runProgram('which', [program]).then(
    () => true,
    () => false,
  );
}

/** The first of these that is not installed on this machine, or null. */
export async function missingProgram(programs) {
  for (const program of programs) {
    if (!(await hasProgram(program))) return program;
  }
  return null;
}
