import { http2Codes } from '@windhover/http2-codec';
import { describe, expect, it } from 'vitest';
import { Goodbye } from './goodbye.ts';

const { ENHANCE_YOUR_CALM, HTTP_1_1_REQUIRED, NO_ERROR } = http2Codes;

describe('Goodbye', () => {
  it.each([
    [NO_ERROR, '', 'it went away with NO_ERROR', null, false],
    [NO_ERROR, 'too_many_pings', 'it went away with NO_ERROR (too_many_pings)', null, false],
    [ENHANCE_YOUR_CALM, '', 'it went away with ENHANCE_YOUR_CALM', 'calls', false],
    [ENHANCE_YOUR_CALM, 'too_many_pings', 'it went away with ENHANCE_YOUR_CALM (too_many_pings)', 'pings', false],
    [HTTP_1_1_REQUIRED, '', 'it went away with HTTP_1_1_REQUIRED', null, true],
    [99, 'x', 'it went away with code 99 (x)', null, false],
  ])('of %d %j', (code, text, said, tooMany, wantsHttp1) => {
    const goodbye = new Goodbye(code, text);
    expect([String(goodbye), goodbye.tooMany, goodbye.wantsHttp1]).toEqual([said, tooMany, wantsHttp1]);
  });
});
