import { cpuMicros, residentBytes } from './process-tree.mjs';
import { runProgram } from './programs.mjs';

const connections = 32;
export const loadCore = 1;

/** Loads a server with wrk: its CPU µs per request (user and system), its requests per second, its memory. */
export async function load(server, url, { headers, script }, scriptArguments, seconds) {
  const before = cpuMicros(server.pid);
  const { stdout } = await runProgram(
    'taskset',
    [
      ...['-c', String(loadCore), 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`],
      ...headers.flatMap((header) => ['-H', header]),
      ...(script === null ? [] : ['-s', script]),
      url,
      ...(script === null ? [] : ['--', ...scriptArguments]),
    ],
    { timeout: (seconds + 10) * 1000 },
  );
  const used = cpuMicros(server.pid) - before;
  const [, count, elapsed] = /(\d+) requests in ([\d.]+)s/.exec(stdout) ?? [];
  const failures = /Non-2xx.*/.exec(stdout)?.[0] ?? /Socket errors: .*/.exec(stdout)?.[0];
  if (failures !== undefined) throw new Error(`${url}: ${failures}`);
  if (!(Number(count) > 0)) throw new Error(`${url}: wrk counted no request:\n${stdout}`);
  return {
    cpuMicros: used / Number(count),
    perSecond: Number(count) / Number(elapsed),
    rssMegabytes: residentBytes(server.pid) / 1e6,
  };
}
