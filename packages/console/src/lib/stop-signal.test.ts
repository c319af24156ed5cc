import { expect, it, onTestFinished } from 'vitest';
import { stopSignal } from './stop-signal.ts';

it('resolves with the first signal, tells of the next ones, and ends nothing by itself', async () => {
  const before = { SIGINT: process.listeners('SIGINT'), SIGTERM: process.listeners('SIGTERM') };
  onTestFinished(() => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      for (const listener of process.listeners(signal)) {
        if (!before[signal].includes(listener)) process.off(signal, listener);
      }
    }
  });
  const again: unknown[] = [];
  const stop = stopSignal((signal, exitCode) => again.push(signal, exitCode));
  process.emit('SIGTERM', 'SIGTERM');
  expect(await stop).toBe('SIGTERM');
  expect(again).toEqual([]);
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGTERM', 'SIGTERM');
  expect(again).toEqual(['SIGINT', 130, 'SIGTERM', 143]);
});
