import { describe, expect, it } from 'vitest';
import type { AdminHost } from './admin-host.ts';
import type { AdministratorQuestion } from './answer-administrator.ts';
import { traces } from './traces.ts';

describe('traces()', () => {
  it('are those of every process and place, newest first; one that does not answer has none', async () => {
    const asked: string[] = [];
    const kept = {
      '0.1': [{ id: 'b', at: 2 }],
      '1.2': [
        { id: 'c', at: 3 },
        { id: 'a', at: 1 },
      ],
    };
    const askAll = async (question: AdministratorQuestion) => {
      if (question.ask === 'things')
        return [{ worker: '0.1', value: [{ kind: 'traces', name: 'top', place: '', state: null, actions: [] }] }];
      const { action, args } = (question as Extract<AdministratorQuestion, { ask: 'act' }>).action;
      asked.push(action);
      const all = Object.entries(kept).map(([worker, list]) => {
        const found = action === 'get' ? (list.find(({ id }) => id === args['id']) ?? null) : list;
        return { worker, value: { is: 'done', value: found, saved: null } };
      });
      return [...all, { worker: '2.3', error: new Error('gone') }];
    };
    const made = traces({ askAll } as unknown as Pick<AdminHost, 'askAll'>);
    expect((await made.list()).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect([await made.get('a'), await made.get('x')]).toEqual([{ id: 'a', at: 1 }, null]);
    await made.clear();
    expect(asked).toEqual(['list', 'get', 'get', 'clear']);
  });
});
