import { expect, it } from 'vitest';
import { writeJson } from './write-json.ts';

it('writeJson() rounds moments, and nothing else', () => {
  const now = 1_780_000_000_000.123;
  const answer = { at: now, workers: [{ startedAt: now, load: 0.25 }], state: { restartAt: 1.5, bytes: now } };
  expect(JSON.parse(writeJson(answer))).toEqual({
    at: 1_780_000_000_000,
    workers: [{ startedAt: 1_780_000_000_000, load: 0.25 }],
    state: { restartAt: 1.5, bytes: now },
  });
});
