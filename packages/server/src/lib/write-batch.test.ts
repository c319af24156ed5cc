import { describe, expect, it } from 'vitest';
import { WriteBatch } from './write-batch.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function writers(): { readonly sent: string[]; writer(name: string): { flush(): void } } {
  const sent: string[] = [];
  return { sent, writer: (name) => ({ flush: () => void sent.push(name) }) };
}

describe('WriteBatch', () => {
  it('sends at the end of the turn, in the order of joining', async () => {
    const { sent, writer } = writers();
    const batch = new WriteBatch({ now: 0 });
    for (const name of ['a', 'b', 'c']) batch.add(writer(name));
    expect(sent).toEqual([]);
    await turn();
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('sends at once when a batch is full', () => {
    const { sent, writer } = writers();
    const batch = new WriteBatch({ now: 0 });
    for (let count = 0; count < 33; count++) batch.add(writer(String(count)));
    expect(sent).toHaveLength(32);
  });

  it('sends at once when somebody joins and the first has waited for a slow handler', async () => {
    const wheel = { now: 0 };
    const { sent, writer } = writers();
    const batch = new WriteBatch(wheel);
    batch.add(writer('a'));
    wheel.now += 1;
    batch.add(writer('b'));
    expect(sent).toEqual(['a', 'b']);
    batch.add(writer('c'));
    await turn();
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('takes who joins while it sends into the next batch', async () => {
    const { sent, writer } = writers();
    const batch = new WriteBatch({ now: 0 });
    batch.add({
      flush: () => {
        sent.push('first');
        batch.add(writer('again'));
      },
    });
    batch.add(writer('second'));
    await turn();
    expect(sent).toEqual(['first', 'second']);
    await turn();
    expect(sent).toEqual(['first', 'second', 'again']);
  });
});
