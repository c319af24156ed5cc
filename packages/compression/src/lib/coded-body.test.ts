import type { PushBody } from '@windhover/core';
import { createManualClock, openLentBody, pushBodyRules } from '@windhover/testing';
import { describe, it } from 'vitest';
import type { Codec, Coding } from './codec.ts';
import { createPlainCodec } from './codec-fixtures.ts';
import { DecodedBody } from './decoded-body.ts';
import { EncodedBody } from './encoded-body.ts';
import { nodeCodec } from './node-codec.ts';
import { portableCodec } from './portable-codec.ts';

const clock = createManualClock();
const levels = { br: 4, zstd: 3, gzip: 6, deflate: 6 };
const ignore = (): void => undefined;
const encode = (codec: Codec, coding: Coding, body: PushBody, flushMs: number | null) =>
  new EncodedBody(body, { codec, coding, level: levels[coding], flushMs, clock }, ignore);
const decode = (codec: Codec, coding: Coding, body: PushBody) =>
  new DecodedBody(body, codec, coding, { maxBytes: null, maxRatio: null });

describe.each([null, 0])('EncodedBody with flushMs: %o', (flushMs) => {
  for (const rule of pushBodyRules)
    it(rule.name, () =>
      rule.run((plan) => {
        const { body, isReleased } = openLentBody(plan);
        return { body: encode(createPlainCodec(), 'br', body, flushMs), isReleased };
      }),
    );
});

describe('DecodedBody', () => {
  for (const rule of pushBodyRules)
    it(rule.name, () =>
      rule.run((plan) => {
        const { body, isReleased } = openLentBody(plan);
        return { body: decode(createPlainCodec(), 'br', body), isReleased };
      }),
    );
});

const pairs: readonly [string, Codec, Coding][] = [
  ...nodeCodec.codings.map((coding) => ['node', nodeCodec, coding] as [string, Codec, Coding]),
  ...portableCodec.codings.map((coding) => ['portable', portableCodec, coding] as [string, Codec, Coding]),
];

/** Expects a write within a few turns, which the thread pool does not promise. `PlainCodec` covers it. */
const hurried = 'is silent after a cancel() inside of write(), whatever that write returns';

describe.each(pairs)('DecodedBody of an EncodedBody, %s codec', (_name, codec, coding) => {
  describe.each([null, 0])(`${coding}, flushMs: %o`, (flushMs) => {
    for (const rule of pushBodyRules.filter(({ name }) => codec !== nodeCodec || name !== hurried))
      it(rule.name, () =>
        rule.run((plan) => {
          const { body, isReleased } = openLentBody(plan);
          return { body: decode(codec, coding, encode(codec, coding, body, flushMs)), isReleased };
        }),
      );
  });
});
