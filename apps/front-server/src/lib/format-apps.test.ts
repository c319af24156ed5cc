import { expect, it } from 'vitest';
import { formatApps, formatTail } from './format-apps.ts';

it('says what applications are doing', () => {
  const instance = {
    id: 1,
    pid: 42,
    stage: 'ready',
    address: 'http://127.0.0.1:1',
    startedAt: 0,
    requests: 1,
  } as const;
  const shop = { name: 'shop', phase: 'running', instances: [instance], failures: 0, lastFailure: null } as const;
  const blog = { name: 'blog', phase: 'failed', instances: [], failures: 5, lastFailure: 'exit code 3' } as const;
  expect(formatApps([shop, blog], 61_000)).toBe(
    'shop: running\n  ready, process 42, for 61s, 1 request\nblog: failed, failed 5 times: exit code 3\n',
  );
  const news = { name: 'news', phase: 'restarting', instances: [], failures: 1, lastFailure: 'exit code 1' } as const;
  expect(formatApps([news], 0)).toBe('news: restarting, failed once: exit code 1\n');
  expect(formatApps([], 0)).toBe('The configuration has no applications.\n');
});

it('shows each line with its time and process', () => {
  expect(formatTail([{ at: 0, pid: 42, line: 'hello' }])).toBe('1970-01-01T00:00:00.000Z 42 hello\n');
});
