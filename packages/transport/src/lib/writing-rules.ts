import assert from 'node:assert/strict';
import { type ChannelRule, deferred, idle, record, rest, until, withPair } from './rule-tools.ts';

/** How written bytes are sent. */
export const writingRules: readonly ChannelRule[] = [
  {
    name: 'copies lent bytes that write() could not send at once, so the caller may overwrite them',
    run: withPair(async (near, far) => {
      near.attach(idle());
      far.attach(idle());
      far.pause();
      const lent = new Uint8Array(64 * 1024);
      for (let round = 0; round < 64; round++) {
        lent.fill(round);
        near.write(lent);
        lent.fill(255);
      }
      near.end();
      const recorder = record(far);
      await recorder.ended;
      const bytes = recorder.bytes();
      assert.equal(bytes.byteLength, 64 * lent.byteLength);
      for (let round = 0; round < 64; round++) {
        const slice = bytes.subarray(round * lent.byteLength, (round + 1) * lent.byteLength);
        assert.ok(
          slice.every((byte) => byte === round),
          `chunk ${round} was overwritten`,
        );
      }
    }),
  },
  {
    name: 'is done with given bytes when pendingBytes is 0: they may change then',
    run: withPair(async (near, far) => {
      near.attach(idle());
      const recorder = record(far);
      const chunk = new Uint8Array(64 * 1024);
      for (let round = 0; round < 64; round++) {
        chunk.fill(round);
        near.write(chunk, true);
        await until(() => near.pendingBytes === 0);
      }
      near.end();
      await recorder.ended;
      const bytes = recorder.bytes();
      assert.equal(bytes.byteLength, 64 * chunk.byteLength);
      for (let round = 0; round < 64; round++) {
        assert.ok(
          bytes.subarray(round * chunk.byteLength, (round + 1) * chunk.byteLength).every((byte) => byte === round),
        );
      }
    }),
  },
  {
    name: 'asks for a pause with false and calls drain() when the bytes have left',
    run: withPair(async (near, far) => {
      const recorder = record(near);
      far.attach(idle());
      far.pause();
      let isOpen = true;
      // The kernel may take more after the channel has had enough, so write until it stops.
      for (let round = 0; round < 2000 && (isOpen || near.pendingBytes === 0); round++)
        isOpen = near.write(new Uint8Array(64 * 1024), true);
      assert.equal(isOpen, false);
      assert.ok(near.pendingBytes > 0);
      far.resume();
      await recorder.called('drain');
      await until(() => near.pendingBytes === 0);
    }),
  },
  {
    name: 'sends what was corked in order when it is uncorked',
    run: withPair(async (near, far) => {
      const recorder = record(far);
      near.attach(idle());
      near.cork();
      near.write('a');
      near.write(new TextEncoder().encode('b'));
      near.write('c');
      near.write(new Uint8Array(10_000).fill(0x64));
      near.write('e');
      await rest();
      assert.equal(recorder.text(), '');
      near.uncork();
      near.end();
      await recorder.ended;
      assert.equal(recorder.text(), `abc${'d'.repeat(10_000)}e`);
    }),
  },
  {
    name: 'never calls drain() from inside write(), nor from inside uncork()',
    run: withPair(async (near, far) => {
      let isWriting = false;
      let drains = 0;
      const done = deferred();
      near.attach({
        ...idle(),
        drain: () => {
          assert.equal(isWriting, false);
          drains += 1;
          if (drains === 3) done.resolve();
          else fill();
        },
      });
      const fill = (): void => {
        isWriting = true;
        near.cork();
        while (near.write('x'.repeat(1000)));
        near.uncork();
        isWriting = false;
      };
      far.attach(idle());
      fill();
      await done.promise;
    }),
  },
  {
    name: 'calls drain() for a false that was given while corked, even if everything has left when it is uncorked',
    run: withPair(async (near, far) => {
      const recorder = record(near);
      far.attach(idle());
      near.cork();
      while (near.write('x'.repeat(1000)));
      await rest();
      near.uncork();
      await recorder.called('drain');
    }),
  },
  {
    name: 'sends given chunks whole and in order, and neither sends nor delivers empty ones',
    run: withPair(async (near, far) => {
      const recorder = record(far, (_channel, chunk) => assert.ok(chunk.byteLength > 0));
      near.attach(idle());
      for (const length of [0, 1, 70_000, 0, 5000, 300_000])
        near.write(new Uint8Array(length).fill(length % 251), true);
      near.write('');
      near.end();
      await recorder.ended;
      const expected = [1, 70_000, 5000, 300_000].map((length) => Buffer.alloc(length, length % 251));
      assert.ok(Buffer.concat(expected).equals(recorder.bytes()));
    }),
  },
  {
    name: 'sends strings as latin1: one byte a character, corked or not',
    run: withPair(async (near, far) => {
      const recorder = record(far);
      const text = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
      near.attach(idle());
      near.write(text);
      near.cork();
      near.write(text);
      near.write(Buffer.from(text, 'latin1'));
      near.uncork();
      near.end();
      await recorder.ended;
      assert.equal(recorder.text(), text.repeat(3));
    }),
  },
];
