import type { ApiLogLine } from '@windhover/admin';

export interface LogFilter {
  /** Lines of this level and above. */
  readonly level: ApiLogLine['level'];
  /** Part of the message or of the facts, in any case. */
  readonly text: string;
  /** `null`: of all; `''`: of the server itself. */
  readonly pool: string | null;
}

const levels: readonly ApiLogLine['level'][] = ['debug', 'info', 'warn', 'error'];

export function filterLog<Line extends ApiLogLine>(
  lines: readonly Line[],
  { level, text, pool }: LogFilter,
): readonly Line[] {
  const least = levels.indexOf(level);
  const wanted = text.trim().toLowerCase();
  return lines.filter((line) => {
    if (levels.indexOf(line.level) < least) return false;
    if (pool !== null && (line.pool ?? '') !== pool) return false;
    return wanted === '' || `${line.message} ${formatFacts(line.facts)}`.toLowerCase().includes(wanted);
  });
}

/** `status=408 client=203.0.113.9` */
export function formatFacts(facts: ApiLogLine['facts']): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
