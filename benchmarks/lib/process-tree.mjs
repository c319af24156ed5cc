// The CPU time and memory of a process and all its descendants, as Linux counts them.
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100; // USER_HZ, the same on every Linux
const pageBytes = 4096;

/** Microseconds of CPU, user and system. */
export function cpuMicros(pid) {
  return (sum(pid, ({ ticks }) => ticks) / ticksPerSecond) * 1e6;
}

export function residentBytes(pid) {
  return sum(pid, ({ residentPages }) => residentPages) * pageBytes;
}

function sum(root, count) {
  const all = new Map();
  for (const name of readdirSync('/proc')) {
    const facts = /^\d+$/.test(name) ? readStat(name) : null;
    if (facts !== null) all.set(Number(name), facts);
  }
  const isOfTree = (pid) => pid === root || (all.has(pid) && isOfTree(all.get(pid).parent));
  return [...all].reduce((total, [pid, facts]) => (isOfTree(pid) ? total + count(facts) : total), 0);
}

function readStat(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return {
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
      residentPages: Number(fields[21]),
    };
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null; // it has ended meanwhile
    throw error;
  }
}
