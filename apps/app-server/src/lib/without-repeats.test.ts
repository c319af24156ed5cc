import type { Logger } from '@windhover/core';
import { expect, it } from 'vitest';
import { withoutRepeats } from './without-repeats.ts';

const message = 'A worker did not become ready: it ended; its last lines:\nError: no database\n    at a.mjs';
const failure = Object.assign(new Error(message), { code: 'SUPERVISOR_WORKER_FAILED' });

function collect(isShown: boolean): { readonly log: Logger; readonly lines: unknown[][] } {
  const lines: unknown[][] = [];
  const take = (...input: unknown[]): void => void lines.push(input);
  return { log: withoutRepeats({ debug: take, info: take, warn: take, error: take }, isShown), lines };
}

it('drops what only repeats the failure before, and nothing else', () => {
  const { log, lines } = collect(false);
  log.error('The reload was abandoned', { error: failure, slot: 1 });
  log.warn(`SIGHUP: ${message}`);
  log.warn('SIGHUP: something else');
  log.warn(`SIGHUP: ${message}`);
  expect(lines).toEqual([
    ['The reload was abandoned', { error: failure, slot: 1 }],
    ['SIGHUP: something else', {}],
    [`SIGHUP: ${message}`, {}],
  ]);
});

it('leaves out what the worker wrote where that is seen', () => {
  const { log, lines } = collect(true);
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
