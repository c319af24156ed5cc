import type { AdminTraces, ApiTrace, ApiTraceSummary } from '@windhover/admin';
import type { ActionResult } from '../managed-things.ts';
import type { AdminHost } from './admin-host.ts';
import { listThings } from './list-things.ts';

/** The kind of the things that keep traces, one at each place that names `requestTrace`. */
export const tracesKind = 'traces';
const maxListed = 1000;

/** The traces of all processes and places. */
export function traces(host: Pick<AdminHost, 'askAll'>): AdminTraces {
  return {
    async list() {
      const lists = await ask<readonly ApiTraceSummary[]>(host, 'list', {});
      return lists
        .flat()
        .sort((one, other) => other.at - one.at)
        .slice(0, maxListed);
    },
    async get(id) {
      const found = await ask<ApiTrace | null>(host, 'get', { id });
      return found.find((trace) => trace !== null) ?? null;
    },
    async clear() {
      await ask(host, 'clear', {});
    },
  };
}

/** Asks every place in every process. One that has ended meanwhile has no traces any more. */
async function ask<T>(
  host: Pick<AdminHost, 'askAll'>,
  action: string,
  args: Readonly<Record<string, unknown>>,
): Promise<readonly T[]> {
  const places = (await listThings(host)).filter(({ kind }) => kind === tracesKind);
  const answers = await Promise.all(
    places.map(({ kind, name }) => host.askAll({ ask: 'act', action: { kind, name, action, args } })),
  );
  return answers.flat().flatMap((answer) => {
    const result = 'value' in answer ? (answer.value as ActionResult) : null;
    return result?.is === 'done' ? [result.value as T] : [];
  });
}
