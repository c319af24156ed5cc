import { readFileSync } from 'node:fs';
import type { ApiSample, ApiSession } from '@windhover/admin';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { toApiError } from '../page/lib/api-error.ts';
import { cacheTiles } from '../page/lib/cache-tiles.ts';
import { filterLog } from '../page/lib/filter-log.ts';
import { clockLabels, formatBytes, formatDuration, formatNumber, sentence } from '../page/lib/format.ts';
import { highlightLine } from '../page/lib/highlight-yaml.ts';
import { hunks, lineDiff } from '../page/lib/line-diff.ts';
import { may } from '../page/lib/may.ts';
import { parseRoute } from '../page/lib/parse-route.ts';
import { parseUnifiedDiff } from '../page/lib/parse-unified-diff.ts';
import { createRefresher } from '../page/lib/refresher.ts';
import { createSampleWindow } from '../page/lib/sample-window.ts';
import { byMinute, summarize } from '../page/lib/summarize-samples.ts';
import { waterfall } from '../page/lib/waterfall.ts';
import { featureWords } from '../page/pages/feature-words.ts';
import { createRandom, logLineAt, sampleAt } from './fake/fake-traffic.ts';

const random = createRandom();
const sample = (at: number, more: Partial<ApiSample> = {}): ApiSample => ({ ...sampleAt(at, random), ...more });

describe('format', () => {
  it.each([
    [0, '0'],
    [0.123, '0.12'],
    [3.456, '3.5'],
    [1234.5, '1,235'],
  ])('says %s as %s', (value, text) => expect(formatNumber(value)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [12_340, '12.3 kB'],
    [5e15, '5,000 TB'],
  ])('says %s bytes as %s', (value, text) => expect(formatBytes(value)).toBe(text));

  it.each([
    [0.42, '0.42 ms'],
    [999, '999 ms'],
    [59_990, '59.9 s'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [7_800_000, '2 h 10 min'],
    [90_000_000, '1 d 1 h'],
  ])('says %s ms as %s', (value, text) => expect(formatDuration(value)).toBe(text));
});

describe('createSampleWindow()', () => {
  it('keeps what fits into its time, and never more than its count', () => {
    const byTime = createSampleWindow(10_000, 100);
    for (let at = 1; at <= 60; at++) byTime.add(sample(at * 1000));
    expect(byTime.samples.map(({ at }) => at)).toEqual(Array.from({ length: 11 }, (_, index) => (50 + index) * 1000));
    const byCount = createSampleWindow(10_000, 3);
    for (let at = 1; at <= 60; at++) byCount.add(sample(at));
    expect(byCount.samples.map(({ at }) => at)).toEqual([58, 59, 60]);
  });

  it('joins what is read later with what has come, in order and once', () => {
    const window = createSampleWindow();
    window.add(sample(5000));
    window.add(sample(5000)); // comes twice
    window.fill([sample(1000), sample(3000), sample(5000)]);
    window.add(sample(4000)); // late
    expect(window.samples.map(({ at }) => at)).toEqual([1000, 3000, 5000]);
  });
});

describe('summarize() and byMinute()', () => {
  it('tells the last, the least and the most, and nothing of nothing', () => {
    const samples = [sample(1, { p50: 4 }), sample(2, { p50: null }), sample(3, { p50: 9 })];
    expect(summarize(samples, ({ p50 }) => p50)).toEqual({ now: 9, least: 4, most: 9 });
    expect(summarize([], ({ p50 }) => p50)).toEqual({ now: null, least: null, most: null });
  });

  it('makes rows of minutes, the newest first', () => {
    const rows = byMinute([
      sample(60_000, { requests: 1, memory: 5 }),
      sample(119_000, { requests: 3, memory: 4 }),
      sample(120_000),
    ]);
    expect(rows.map(({ at }) => at)).toEqual([120_000, 60_000]);
    expect(rows[1]).toMatchObject({ requests: 2, memory: 5 });
  });
});

describe('lineDiff()', () => {
  const kinds = (before: string, after: string) =>
    lineDiff(before.replaceAll(' ', '\n'), after.replaceAll(' ', '\n'))
      .map(({ kind, text }) => ({ same: ' ', added: '+', removed: '-' })[kind] + text)
      .join('');

  it.each([
    ['a b c', 'a b c', ' a b c'],
    ['a b c', 'a x c', ' a-b+x c'],
    ['a', 'b', '-a+b'],
    ['a b', 'x a b', '+x a b'],
    ['a b c d', 'a d', ' a-b-c d'],
    ['a b c a b b a', 'c b a b a c', '-a-b c+b a b-b a+c'],
  ])('tells %s from %s', (before, after, expected) => expect(kinds(before, after)).toBe(expected));

  it('makes the new text of the old one, whatever they are', () => {
    const letters = () =>
      Array.from({ length: Math.floor(random() * 30) }, () => 'abcd'[Math.floor(random() * 4)]).join('\n');
    for (let round = 0; round < 300; round++) {
      const [before, after] = [letters(), letters()];
      const lines = lineDiff(before, after);
      const text = (left: 'added' | 'removed') => lines.filter(({ kind }) => kind !== left).map((line) => line.text);
      expect(text('added').join('\n')).toBe(before);
      expect(text('removed').join('\n')).toBe(after);
    }
  });

  it('shows changes with the lines around them, and a gap for what is left out', () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const lines = hunks(lineDiff(text.join('\n'), text.with(15, 'changed').join('\n')), 2);
    expect(lines.map((line) => line?.text ?? '…')).toEqual([
      '…',
      'line 13',
      'line 14',
      'line 15',
      'changed',
      'line 16',
      'line 17',
      '…',
    ]);
    expect(hunks(lineDiff('a', 'a'))).toEqual([]);
  });
});

describe('parseUnifiedDiff()', () => {
  it('reads lines with their numbers, and no file names', () => {
    const lines = parseUnifiedDiff(
      '--- a\n+++ b\n@@ -3,2 +3,3 @@\n same\n-old\n+new\n+--- more\n\\ No newline at end of file\n',
    );
    expect(lines).toEqual([
      null,
      { kind: 'same', text: 'same', before: 3, after: 3 },
      { kind: 'removed', text: 'old', before: 4, after: null },
      { kind: 'added', text: 'new', before: null, after: 4 },
      { kind: 'added', text: '--- more', before: null, after: 5 },
    ]);
  });
});

describe('highlightLine()', () => {
  const kinds = (line: string) =>
    highlightLine(line)
      .filter(({ kind }) => kind !== null)
      .map(({ kind, text }) => `${kind} ${text.trim()}`);

  it.each([
    ['  - path: /api # all', ['mark -', 'key path', 'mark :', 'comment # all']],
    ['every: 5s', ['key every', 'mark :', 'number 5s']],
    ["name: 'a # b'", ['key name', 'mark :', "text 'a # b'"]],
    ['tls: true', ['key tls', 'mark :', 'word true']],
    ['to: [http://10.0.0.5:3000]', ['key to', 'mark :', 'mark [', 'mark ]']],
  ])('colours %s', (line, expected) => expect(kinds(line)).toEqual(expected));

  it('loses no letter', () => {
    for (const line of ['', '   ', 'a: "unclosed', '- { a: [1, two], "b c": ~ } #x', '日本: ✓'])
      expect(
        highlightLine(line)
          .map(({ text }) => text)
          .join(''),
      ).toBe(line);
  });
});

describe('waterfall()', () => {
  const step = (from: number, to: number) => ({
    feature: 'a',
    phase: 'b',
    place: 'c',
    from,
    to,
    outcome: '',
    reasons: [],
  });

  it('places steps by their time, inside of those that contain them, with what is their own', () => {
    const rows = waterfall({ duration: 100, steps: [step(0, 100), step(20, 80), step(85, 90)] });
    expect(rows[0]!.ownParts).toEqual([
      { left: 0, width: 20 },
      { left: 80, width: 5 },
      { left: 90, width: 10 },
    ]);
    expect(rows.map(({ depth, left, width, own }) => [depth, left, width, own])).toEqual([
      [0, 0, 100, 35],
      [1, 20, 60, 60],
      [1, 85, 5, 5],
    ]);
  });

  it('shows a step of no time, in a trace of no time', () => {
    expect(waterfall({ duration: 0, steps: [step(0, 0)] })).toMatchObject([{ left: 0, width: 0.3 }]);
  });
});

describe('filterLog()', () => {
  const lines = Array.from({ length: 8 }, (_, index) => logLineAt(index, index));
  const messages = (filter: Partial<Parameters<typeof filterLog>[1]>) =>
    filterLog(lines, { level: 'debug', text: '', pool: null, ...filter }).length;

  it('keeps lines by level, source and text, of messages and facts', () => {
    expect([messages({}), messages({ level: 'warn' }), messages({ level: 'error' })]).toEqual([8, 3, 1]);
    expect([messages({ pool: '' }), messages({ pool: 'shop-api' }), messages({ pool: 'gone' })]).toEqual([4, 3, 0]);
    expect([messages({ text: 'UPSTREAM' }), messages({ text: 'status=408' })]).toEqual([1, 1]);
  });
});

describe('clockLabels()', () => {
  it('has seconds when two of them would be the same without', () => {
    const at = new Date(2026, 0, 1, 9, 5).getTime() / 1000;
    expect(clockLabels([at, at + 60, at + 120])).toEqual(['9:05', '9:06', '9:07']);
    expect(clockLabels([at, at + 30, at + 60])).toEqual(['9:05:00', '9:05:30', '9:06:00']);
  });
});

describe('sentence()', () => {
  it('has one full stop', () => {
    expect(['It failed', 'It failed.', 'It failed. ', 'Why?'].map(sentence)).toEqual([
      'It failed.',
      'It failed.',
      'It failed.',
      'Why?',
    ]);
  });
});

describe('toApiError()', () => {
  it('says what the server says, and the status if it says nothing', () => {
    expect(toApiError(409, { title: 'Changed', detail: 'by ada', code: 'X' })).toMatchObject({
      message: 'by ada',
      code: 'X',
    });
    expect(toApiError(413, { title: 'Content Too Large' }).message).toBe('Content Too Large');
    expect(toApiError(502, null).message).toBe('The server answered 502');
    expect(toApiError(500, 'text').message).toBe('The server answered 500');
  });
});

describe('parseRoute() and may()', () => {
  it('reads the page and what follows it', () => {
    expect(parseRoute('')).toEqual({ page: 'overview', rest: null, isDefault: true });
    expect(parseRoute('#/traces/a%2Fb')).toEqual({ page: 'traces', rest: 'a/b', isDefault: false });
    expect(parseRoute('#/traces/%zz')).toMatchObject({ page: 'traces', rest: '%zz' });
  });

  it('allows each role what those before it may', () => {
    const roles: ApiSession['role'][] = ['look', 'operate', 'configure'];
    expect(roles.map((has) => roles.map((needs) => may(has, needs)))).toEqual([
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ]);
  });
});

describe('cacheTiles()', () => {
  it('tells the rate of hits, and what stands at the top or is summed over workers', () => {
    const summed = { hit: 70, revalidated: 20, miss: 10, servedBytes: 5000, entries: 3, bytes: 2000 };
    expect(cacheTiles({ counts: summed, entries: null, bytes: null })).toEqual([
      ...[
        ['hit rate', '90 %'],
        ['entries', '3'],
        ['size', '2 kB'],
        ['hit', '70'],
        ['revalidated', '20'],
        ['miss', '10'],
        ['served', '5 kB'],
      ],
    ]);
    expect(cacheTiles({ counts: {}, entries: 7, bytes: 1000 })).toEqual([
      ['hit rate', '–'],
      ['entries', '7'],
      ['size', '1 kB'],
    ]);
    expect(cacheTiles({ counts: {}, entries: null, bytes: null }).map(([, value]) => value)).toEqual(['–', '–', '–']);
  });
});

describe('featureWords', () => {
  it('say of every feature what it does', () => {
    const reference = new URL('../../../docs/reference/configuration.md', import.meta.url);
    const keys = [...readFileSync(reference, 'utf8').matchAll(/^## `(\w+)`/gm)].map(([, key]) => key!);
    const features = keys.slice(keys.indexOf('certificates'));
    expect(features.length).toBeGreaterThan(40);
    expect(features.filter((key) => !(key in featureWords))).toEqual([]);
  });
});

describe('createRefresher()', () => {
  /** Readings that the test ends one by one. */
  function readings() {
    const ends: (() => void)[] = [];
    return { ends, read: () => new Promise<void>((resolve) => ends.push(resolve)) };
  }

  it('never reads twice at a time, and once more for all who ask meanwhile', async () => {
    const { ends, read } = readings();
    const refresher = createRefresher(read);
    const all = [refresher.now(), refresher.now(), refresher.now()];
    expect(ends.length).toBe(1);
    ends[0]!();
    await vi.waitFor(() => expect(ends.length).toBe(2));
    ends[1]!();
    await Promise.all(all);
    expect(ends.length).toBe(2);
    void refresher.now();
    expect(ends.length).toBe(3);
  });

  it('reads once for many events', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { ends, read } = readings();
    const refresher = createRefresher(read);
    for (let index = 0; index < 100; index++) refresher.soon();
    expect(ends.length).toBe(0);
    vi.advanceTimersByTime(500);
    expect(ends.length).toBe(1);
    refresher.soon();
    refresher.stop();
    vi.advanceTimersByTime(5000);
    expect(ends.length).toBe(1);
  });
});
