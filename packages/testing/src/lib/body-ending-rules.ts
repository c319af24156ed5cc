import assert from 'node:assert/strict';
import { over, type PushBodyRule, rest, SinkRecorder, silent, somePieces, wholeText } from './body-rule-tools.ts';

const reason = new Error('Nobody wants it');

/** How bodies are released and cancelled. */
export const bodyEndingRules: readonly PushBodyRule[] = [
  {
    name: 'lets go of what is behind it when it was given to its end',
    run: async (open) => {
      const { body, isReleased } = await open(somePieces);
      const sink = new SinkRecorder();
      body.start(sink);
      await over(sink);
      await rest();
      assert.ok(isReleased());
    },
  },
  {
    name: 'lets go of what is behind it when it is cancelled before start()',
    run: async (open) => {
      const { body, isReleased } = await open(somePieces);
      body.cancel(reason);
      await rest();
      assert.ok(isReleased());
    },
  },
  {
    name: 'is silent after cancel(), and lets go of what is behind it',
    run: async (open) => {
      const { body, isReleased } = await open(somePieces);
      const sink = new SinkRecorder(() => false);
      body.start(sink);
      await rest();
      body.cancel(reason);
      await silent(sink);
      body.resume();
      body.pause();
      body.resume();
      await silent(sink);
      assert.ok(isReleased());
      sink.check();
    },
  },
  {
    name: 'is silent after it was paused and cancelled',
    run: async (open) => {
      const { body, isReleased } = await open(somePieces);
      const sink = new SinkRecorder();
      body.pause();
      body.start(sink);
      body.cancel(reason);
      body.resume();
      await silent(sink);
      assert.deepEqual(sink.calls, []);
      assert.ok(isReleased());
    },
  },
  {
    name: 'is silent after a cancel() inside of write(), whatever that write returns',
    run: async (open) => {
      for (const goesOn of [true, false]) {
        const { body, isReleased } = await open(somePieces);
        const sink = new SinkRecorder(() => {
          body.cancel(reason);
          return goesOn;
        });
        body.start(sink);
        await rest();
        body.resume();
        await rest();
        assert.deepEqual(sink.calls, ['write']);
        assert.ok(isReleased());
        sink.check();
      }
    },
  },
  {
    name: 'is silent whatever it is asked after its end',
    run: async (open) => {
      const { body } = await open(somePieces);
      const sink = new SinkRecorder();
      body.start(sink);
      await over(sink);
      body.pause();
      body.resume();
      body.cancel(reason);
      body.resume();
      await rest();
      sink.checkWhole();
    },
  },
];

const failure = new Error('The source failed');
const failing = { ...somePieces, failure };

/** The rules for bodies that can fail. */
export const bodyFailureRules: readonly PushBodyRule[] = [
  {
    name: 'fails once, and is silent afterwards',
    run: async (open) => {
      const { body, isReleased } = await open(failing);
      const sink = new SinkRecorder();
      body.start(sink);
      await over(sink);
      body.pause();
      body.resume();
      body.cancel(reason);
      await rest();
      sink.check();
      assert.equal(sink.calls.at(-1), 'fail');
      assert.equal(sink.error, failure);
      assert.ok(wholeText.startsWith(sink.text));
      assert.ok(isReleased());
    },
  },
  {
    name: 'tells a sink that waits of its failure, at the latest when it is resumed',
    run: async (open) => {
      const { body } = await open(failing);
      const sink = new SinkRecorder(() => false);
      body.pause();
      body.start(sink);
      await rest();
      for (let turn = 0; turn < 100 && !sink.isOver; turn++) {
        body.resume();
        await rest();
      }
      sink.check();
      assert.deepEqual([sink.calls.at(-1), sink.error], ['fail', failure]);
    },
  },
  {
    name: 'does not fail after cancel()',
    run: async (open) => {
      const { body } = await open(failing);
      const sink = new SinkRecorder(() => false);
      body.start(sink);
      await rest();
      if (sink.isOver) return sink.check(); // it may fail at once, before all its bytes are taken
      body.cancel(reason);
      body.resume();
      await silent(sink);
    },
  },
];
