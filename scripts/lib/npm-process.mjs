// Who started this program: npm, which puts a shell between where the shell does not make room for it.
import { execFileSync } from 'node:child_process';

/** From the beginning: later it may be gone already. */
const parent = process.ppid;

/** Gives back a function that says whether whoever started us is gone. */
export function watchStarter() {
  const npm = behindShell(parent);
  return () => process.ppid !== parent || (npm !== null && !isAlive(npm));
}

/** The parent of a shell that runs a script of npm; `null` when there is none, or the system does not tell. */
function behindShell(parent) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return null;
  try {
    const [, above, command] = /^\s*(\d+)\s+(.*)$/m.exec(
      execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(parent)], { encoding: 'utf8' }),
    );
    return /sh$/.test(command.trim()) ? Number(above) : null;
  } catch {
    return null; // no ps here
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
