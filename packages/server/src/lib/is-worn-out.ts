import type { ServerLimits } from './limits.ts';

/** Whether a connection has served as many requests or as long as it may. */
export function isWornOut(limits: ServerLimits, requests: number, ageMs: number): boolean {
  const { maxRequestsPerConnection, maxConnectionAgeMs } = limits;
  if (maxRequestsPerConnection !== null && requests >= maxRequestsPerConnection) return true;
  return maxConnectionAgeMs !== null && ageMs >= maxConnectionAgeMs;
}
