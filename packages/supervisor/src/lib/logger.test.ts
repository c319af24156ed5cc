import { describe, expect, it } from 'vitest';
import { toSafeLogger } from './logger.ts';

describe('toSafeLogger()', () => {
  it('passes every message on, and lets no error of the log through', () => {
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
