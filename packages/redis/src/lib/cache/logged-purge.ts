import type { PurgeSelector } from '@windhover/cache';

/** A purge as the log has it. */
export interface LoggedPurge {
  readonly selector: PurgeSelector;
  readonly soft: boolean;
  /** The process that made it. */
  readonly by: string;
}

/** Returns the text of a purge for the log. */
export function formatPurge({ selector, soft, by }: LoggedPurge): string {
  return JSON.stringify({ ...selector, soft, by });
}

/** Reads a text of the log; `null` if it is none of ours: of a newer version, for instance. */
export function readPurge(text: string): LoggedPurge | null {
  try {
    const { by, soft, ...selector } = JSON.parse(text) as Record<string, unknown>;
    if (typeof by !== 'string' || typeof soft !== 'boolean' || !isSelector(selector)) return null;
    return { by, soft, selector };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null; // not JSON, or not an object
    throw error;
  }
}

function isSelector(value: Record<string, unknown>): value is PurgeSelector & Record<string, unknown> {
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0) return false;
  const [kind, text] = entry;
  return kind === 'all' ? text === true : ['url', 'prefix', 'tag'].includes(kind) && typeof text === 'string';
}
