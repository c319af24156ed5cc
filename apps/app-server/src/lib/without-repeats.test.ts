import type { Logger } from '@windhover/core';
import { expect, it } from 'vitest';
import { withoutRepeats } from './without-repeats.ts';

const message = 'A worker did not become ready: it ended; its last lines:\nError: no database\n    at a.mjs';
const failure = Object.assign(new Error(message), { code: 'SUPERVISOR_WORKER_FAILED' });

it('leaves out what the worker wrote, and nothing else', () => {
  const lines: unknown[][] = [];
  const take = (...input: unknown[]): void => void lines.push(input);
  const log: Logger = withoutRepeats({ debug: take, info: take, warn: take, error: take });
  log.error('The reload was abandoned', { error: failure, slot: 1 });
  log.error('It failed', { error: new Error('a\nb') });
  log.error('Worker of slot 0 is gone: it ended; its last lines:\nError: no', { slot: 0 });
  log.error('Lines\nof something else', {});
  expect(lines).toEqual([
    ['The reload was abandoned', { error: 'A worker did not become ready: it ended', slot: 1 }],
    ['It failed', { error: new Error('a\nb') }],
    ['Worker of slot 0 is gone: it ended', { slot: 0 }],
    ['Lines\nof something else', {}],
  ]);
});
