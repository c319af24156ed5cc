/** More than any machine has cores; a mistake should not start thousands of processes. */
const maxWorkers = 1024;

/** How many workers a configuration asks for; `null` if it is wrong. A text is taken too, since a variable of the environment is one. */
export function readWorkers(written: unknown = 1): number | 'auto' | null {
  if (written === 'auto') return 'auto';
  const count = typeof written === 'string' && /^[0-9]+$/.test(written) ? Number(written) : written;
  const isCount = Number.isSafeInteger(count) && (count as number) >= 0 && (count as number) <= maxWorkers;
  return isCount ? (count as number) : null;
}
