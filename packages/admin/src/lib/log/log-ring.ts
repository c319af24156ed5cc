import type { LogQuery } from '../admin-target.ts';
import type { ApiLogLine } from '../api-types.ts';
import { withoutValuesOfProblems } from './without-values.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
const maxLines = 2000;
const maxBytes = 2 * 1024 * 1024;
/** Longer texts are cut, in characters. */
const maxText = 4000;

/** Remembers the last lines of a log, without values of the configuration: who reads it may not be allowed to read that. */
export class LogRing {
  private readonly lines: { readonly line: ApiLogLine; readonly size: number }[] = [];
  private bytes = 0;
  private readonly listeners = new Set<(line: ApiLogLine) => void>();

  add(said: ApiLogLine): void {
    const given = said.pool === null ? withoutSecrets(said) : said;
    const facts = JSON.stringify(given.facts);
    const line = {
      ...given,
      message: cut(given.message),
      facts: facts.length > maxText ? { cut: cut(facts) } : given.facts,
    };
    const size = line.message.length + Math.min(facts.length, maxText) + 100;
    this.lines.push({ line, size });
    this.bytes += size;
    while (this.lines.length > maxLines || this.bytes > maxBytes) this.bytes -= this.lines.shift()!.size;
    for (const listener of this.listeners) listener(line);
  }

  /** The last ones that fit, oldest first. */
  find({ lines, level, contains, pool }: LogQuery): readonly ApiLogLine[] {
    const least = levels.indexOf(level);
    const text = contains.toLowerCase();
    const fits = (line: ApiLogLine): boolean =>
      levels.indexOf(line.level) >= least &&
      (pool === null || line.pool === pool) &&
      (text === '' || line.message.toLowerCase().includes(text));
    return this.lines
      .map(({ line }) => line)
      .filter(fits)
      .slice(-lines);
  }

  subscribe(listener: (line: ApiLogLine) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

function withoutSecrets(line: ApiLogLine): ApiLogLine {
  const facts = Object.entries(line.facts).map(([name, value]) => [
    name,
    typeof value === 'string' ? withoutValuesOfProblems(value) : value,
  ]);
  return { ...line, message: withoutValuesOfProblems(line.message), facts: Object.fromEntries(facts) };
}

function cut(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}
