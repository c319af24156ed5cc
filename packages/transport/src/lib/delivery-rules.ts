import assert from 'node:assert/strict';
import type { ChannelConsumer } from '@windhover/core';
import { type ChannelRule, deferred, idle, latin1, record, rest, until, withPair } from './rule-tools.ts';

/** Which calls a consumer gets, and in which order. */
export const deliveryRules: readonly ChannelRule[] = [
  {
    name: 'delivers bytes in order, whole, and ends with end() then close()',
    run: withPair(async (near, far) => {
      const recorder = record(far);
      near.attach(idle());
      near.write('hello ');
      near.write(new TextEncoder().encode('world'));
      near.end();
      await recorder.ended;
      far.end();
      await recorder.closed;
      assert.equal(recorder.text(), 'hello world');
      assert.deepEqual(recorder.calls.slice(-2), ['end', 'close']);
      assert.equal(recorder.error, undefined);
    }),
  },
  {
    name: 'reads nothing before attach()',
    run: withPair(async (near, far) => {
      near.attach(idle());
      near.write('early');
      await rest();
      const recorder = record(far);
      near.end();
      await recorder.ended;
      assert.equal(recorder.text(), 'early');
    }),
  },
  {
    name: 'never calls a consumer from inside its own call',
    run: withPair(async (near, far) => {
      let depth = 0;
      let deepest = 0;
      let text = '';
      const done = deferred();
      const enter = (body: () => void): void => {
        depth += 1;
        deepest = Math.max(deepest, depth);
        body();
        depth -= 1;
      };
      const second: ChannelConsumer = {
        ...idle(),
        data: (chunk) =>
          enter(() => {
            text += `[${latin1(chunk)}]`;
          }),
        end: () => enter(() => done.resolve()),
      };
      far.attach({
        ...idle(),
        data: (chunk) =>
          enter(() => {
            text += latin1(chunk);
            far.write('answer');
            far.pause();
            far.resume();
            far.unread(new TextEncoder().encode('again'));
            far.attach(second);
          }),
      });
      near.attach(idle());
      near.write('first');
      near.end();
      await done.promise;
      assert.equal(text, 'first[again]');
      assert.equal(deepest, 1);
    }),
  },
  {
    name: 'holds data() back while paused, counted, and hands everything over after resume()',
    run: withPair(async (near, far) => {
      const recorder = record(far);
      far.pause();
      far.pause();
      near.attach(idle());
      near.write('kept');
      far.resume();
      await rest();
      assert.equal(recorder.text(), '');
      far.resume();
      near.end();
      await recorder.ended;
      assert.equal(recorder.text(), 'kept');
    }),
  },
  {
    name: 'starts a new consumer at resumed and hands it what the old one put back',
    run: withPair(async (near, far) => {
      const first = record(far, (channel, chunk) => {
        channel.unread(chunk.subarray(2));
        channel.pause();
      });
      near.attach(idle());
      near.write('abcd');
      await first.called('data');
      await rest();
      const second = record(far);
      near.end();
      await second.ended;
      assert.equal(second.text(), 'cd');
    }),
  },
  {
    name: 'puts bytes back in order: the last unread() comes first, and what arrived meanwhile comes after',
    run: withPair(async (near, far) => {
      let hasPutBack = false;
      const recorder = record(far, (channel, chunk) => {
        if (hasPutBack) return;
        hasPutBack = true;
        channel.unread(chunk.subarray(2));
        channel.unread(chunk.subarray(0, 2));
        channel.pause();
      });
      near.attach(idle());
      near.write('abcd');
      await recorder.called('data');
      near.write('ef');
      near.end();
      await rest();
      assert.equal(recorder.text(), 'abcd');
      far.resume();
      await recorder.ended;
      assert.equal(recorder.text(), 'abcdabcdef');
    }),
  },
  {
    name: 'reads no further while a consumer that paused has put bytes back',
    run: withPair(async (near, far) => {
      far.attach({
        ...idle(),
        data: (chunk) => {
          far.pause();
          far.unread(chunk);
        },
      });
      near.attach(idle());
      near.write('x');
      await rest();
      for (let round = 0; round < 256; round++) near.write(new Uint8Array(64 * 1024), true);
      await rest();
      assert.ok(near.pendingBytes > 0, 'all 16 MiB were taken in');
    }),
  },
  {
    name: 'gives nothing after a pause() inside data()',
    run: withPair(async (near, far) => {
      const recorder = record(far, (channel) => channel.pause());
      near.attach(idle());
      near.write('a');
      await recorder.called('data');
      near.write('b');
      near.end();
      await rest();
      assert.deepEqual(recorder.calls, ['data']);
      far.resume();
      await until(() => recorder.text() === 'ab');
      far.resume();
      await recorder.ended;
    }),
  },
  {
    name: 'tells a new consumer of the end that the old one has seen',
    run: withPair(async (near, far) => {
      const first = record(far);
      near.attach(idle());
      near.write('x');
      near.end();
      await first.ended;
      far.unread(new TextEncoder().encode('y'));
      const second = record(far);
      await second.ended;
      assert.deepEqual(second.calls, ['data', 'end']);
    }),
  },
];
