// Servers that are measured in turn, so that a noisy machine is noisy for all of them.
import { execFileSync, spawn } from 'node:child_process';
import { cpuMicros } from './process-tree.mjs';

/** Starts a Node program that says where it listens. */
export function start(...args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const startedAt = performance.now();
  let said = '';
  return new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url !== undefined) resolve({ child, url, readyMs: performance.now() - startedAt, costs: [] });
    });
  });
}

/**
 * Measures the servers `rounds` times in turn, after a warm-up: CPU time of the whole process tree for each request, in µs, or of what `cpuMicros` of a server
 * counts.
 */
export function measureInTurn(servers, rounds, path = '/') {
  const measure = (server) => {
    const count = () => server.cpuMicros?.() ?? cpuMicros(server.child.pid);
    const before = count();
    const said = execFileSync('wrk', ['-t1', '-c64', '-d2s', `${server.url}${path}`], { encoding: 'utf8' });
    const requests = Number(/(\d+) requests in/.exec(said)[1]);
    const failed = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(said)?.[0];
    if (failed !== undefined) throw new Error(failed);
    server.costs.push((count() - before) / requests);
  };
  for (const server of servers) measure(server);
  for (const server of servers) server.costs.length = 0;
  for (let round = 0; round < rounds; round++) for (const server of servers) measure(server);
}

/** The least and the median of what a server cost. */
export function costOf({ costs }) {
  const sorted = costs.toSorted((one, other) => one - other);
  return { least: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}
