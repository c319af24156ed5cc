import { describe, expect, it } from 'vitest';
import type { ApiAuditEntry } from '../src/index.ts';
import { bearer, send, start } from './fixtures.ts';

const deed = '/pools/shop/recycle';

describe('the audit log', () => {
  it('is not washed away by refusals: those of one user are counted together', async () => {
    const { handler, audit, clock } = start();
    await send(handler, 'POST', deed, { headers: bearer('operate') });
    for (let count = 0; count < 1500; count++)
      await send(handler, 'POST', `/things/a/b${count}/c`, { headers: bearer('look') });
    expect(audit()).toHaveLength(11);
    await send(handler, 'POST', deed, { headers: bearer('operate') });
    clock.advance(60_000);
    expect(audit().at(-1)).toMatchObject({
      ...{ user: 'token look', outcome: 'refused', action: 'act', target: 'a b1499 c' },
      detail: expect.stringMatching(/^and 1,490 more refusals within a minute, the last one: Your role does not allow/),
    });
    await send(handler, 'POST', deed, { headers: bearer('look') });
    expect(audit()).toHaveLength(14);
    const shown = await send(handler, 'GET', '/audit?lines=1000', { headers: bearer('configure') });
    const entries = shown.json() as readonly ApiAuditEntry[];
    expect(entries.filter(({ outcome }) => outcome === 'done')).toHaveLength(2);
    expect(entries[0]).toMatchObject({ action: 'recycle pool', outcome: 'refused' });
  });

  it('keeps what was done of before, whatever was refused since', async () => {
    const line = (outcome: string, at: number) =>
      JSON.stringify({ at, user: 'ann', client: '', action: 'x', target: '', outcome, detail: '' });
    const earlier = [line('done', 1), ...Array.from({ length: 1000 }, (_, at) => line('refused', at + 2))];
    const { handler } = start(undefined, { audit: { write: () => undefined, earlier } });
    const shown = await send(handler, 'GET', '/audit?lines=1000', { headers: bearer('configure') });
    const entries = shown.json() as readonly ApiAuditEntry[];
    expect([entries.length, entries.at(-1)]).toEqual([1000, expect.objectContaining({ outcome: 'done' })]);
  });
});
