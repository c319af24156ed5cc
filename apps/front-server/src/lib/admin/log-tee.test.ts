import { describe, expect, it } from 'vitest';
import { LogTee, type SaidLine } from './log-tee.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('LogTee', () => {
  it('says every line, and tells a listener those of before too', () => {
    const said: string[] = [];
    const tee = new LogTee({ ...silent, warn: (message) => void said.push(message) }, () => 5);
    tee.log.warn('early', { a: 1 });
    const heard: SaidLine[] = [];
    tee.listen((line) => void heard.push(line));
    tee.log.warn('late');
    tee.log.debug('not shown to people either');
    expect(said).toEqual(['early', 'late']);
    expect(heard).toEqual([
      { at: 5, level: 'warn', message: 'early', facts: { a: 1 } },
      { at: 5, level: 'warn', message: 'late', facts: {} },
    ]);
  });

  it('tells facts as plain data, since the line may go to another process', () => {
    const tee = new LogTee(silent, () => 0);
    const cycle: Record<string, unknown> = {};
    cycle['own'] = cycle;
    tee.log.error('failed', { error: new Error('why'), big: 1n, cycle, list: [1], none: null });
    tee.listen(({ facts }) =>
      expect(JSON.parse(JSON.stringify(facts))).toEqual({
        error: 'why',
        big: '1',
        cycle: '[object Object]',
        list: [1],
        none: null,
      }),
    );
    expect.assertions(1);
  });

  it('keeps a bounded number while nobody listens', () => {
    const tee = new LogTee(silent, () => 0);
    for (let count = 0; count < 1000; count++) tee.log.info(String(count));
    const heard: SaidLine[] = [];
    tee.listen((line) => void heard.push(line));
    expect([heard.length, heard.at(-1)?.message]).toEqual([200, '999']);
  });
});
