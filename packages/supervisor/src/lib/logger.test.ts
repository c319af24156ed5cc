import { describe, expect, it } from 'vitest';
import { toSafeLogger } from './logger.ts';

describe('toSafeLogger()', () => {
  it('passes on what is said, and nothing of what the log throws', () => {
    const said: unknown[] = [];
    const fail = (): void => {
      throw new Error('the disk is full');
    };
    const log = toSafeLogger({ info: (...all) => said.push(...all), warn: fail, error: fail });
    log.info('ready', { workers: 2 });
    log.warn('slow');
    log.error('gone');
    expect(said).toEqual(['ready', { workers: 2 }]);
  });
});
