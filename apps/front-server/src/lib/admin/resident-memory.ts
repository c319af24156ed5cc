import { readFileSync } from 'node:fs';

/** As `ps` shows it. */
const pattern = /^VmRSS:\s+([0-9]+) kB$/m;

/** The memory of a process in bytes; `null` where it is not known. */
export function residentMemory(pid: number | null): number | null {
  if (pid === null || process.platform !== 'linux') return null;
  try {
    const kilobytes = pattern.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null; // it has just ended
  }
}
