export { checkedCompose } from './lib/checked-compose.ts';
export { collectBody } from './lib/collect-body.ts';
export { TestingError, type TestingErrorCode, testingErrors } from './lib/errors.ts';
export { createManualClock, type ManualClock, type ManualClockOptions } from './lib/manual-clock.ts';
export { runHandler } from './lib/run-handler.ts';
export type { RunInit } from './lib/run-request.ts';
export type { Informed, RunResult } from './lib/run-result.ts';
export { seededRandom } from './lib/seeded-random.ts';
export { splitEverywhere } from './lib/split-everywhere.ts';
