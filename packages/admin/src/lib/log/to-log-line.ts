import type { ApiLogLine } from '../api-types.ts';

/** A line of a log as plain data. Its fact `pool` or `app` names the application that said it. */
export function toLogLine(
  at: number,
  level: ApiLogLine['level'],
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): ApiLogLine {
  const plain = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, toPlain(value)]));
  const { app: pool } = facts;
  return { at, level, message, facts: plain, pool: typeof pool === 'string' ? pool : null };
}

function toPlain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
    return value;
  if (value === undefined) return null;
  try {
    return JSON.parse(JSON.stringify(value)) as unknown;
  } catch {
    return String(value); // a cycle, or a bigint
  }
}
