import assert from 'node:assert/strict';
import {
  nothing,
  type OpenBody,
  over,
  type PushBodyRule,
  rest,
  SinkRecorder,
  silent,
  somePieces,
} from './body-rule-tools.ts';

/** When bytes are given, and when not. */
export const bodyFlowRules: readonly PushBodyRule[] = [
  {
    name: 'gives every byte in order and then its end, once',
    run: async (open) => {
      for (const [plan, text] of [
        [somePieces, undefined],
        [nothing, ''],
      ] as const) {
        const { body } = await open(plan);
        const sink = new SinkRecorder();
        body.start(sink);
        await over(sink);
        await rest();
        sink.checkWhole(text);
      }
    },
  },
  {
    name: 'announces the number of bytes it gives, or null',
    run: async (open) => {
      const { body } = await open(somePieces);
      const { length } = body;
      const sink = new SinkRecorder();
      body.start(sink);
      await over(sink);
      assert.ok(length === null || length === sink.text.length, `announced ${length}, gave ${sink.text.length} bytes`);
    },
  },
  {
    name: 'is silent until resume() when it was paused before start(), its end included',
    run: async (open) => {
      for (const [plan, text] of [
        [somePieces, undefined],
        [nothing, ''],
      ] as const) {
        const { body } = await open(plan);
        const sink = new SinkRecorder();
        body.pause();
        body.start(sink);
        await rest();
        assert.deepEqual(sink.calls, []);
        body.resume();
        await over(sink);
        sink.checkWhole(text);
      }
    },
  },
  {
    name: 'begins with start(), not with a resume() before it',
    run: async (open) => {
      const { body } = await open(somePieces);
      body.resume();
      body.pause();
      body.pause();
      body.resume();
      await rest();
      const sink = new SinkRecorder();
      body.start(sink);
      await over(sink);
      sink.checkWhole();
    },
  },
  {
    name: 'is silent after pause() has returned, until resume()',
    run: async (open) => {
      const { body } = await open(somePieces);
      const sink = new SinkRecorder();
      body.start(sink);
      body.pause();
      await silent(sink);
      body.resume();
      body.pause();
      await silent(sink);
      body.resume();
      await over(sink);
      sink.checkWhole();
    },
  },
  {
    name: 'waits for resume() after each write that returned false, with its end too',
    run: (open) => oneCallForEachResume(open, () => false),
  },
  {
    name: 'waits for resume() after each write that paused it, with its end too',
    run: (open) =>
      oneCallForEachResume(open, (pause) => {
        pause();
        return true;
      }),
  },
  {
    name: 'does not call write() inside of write(), even if it is resumed there',
    run: async (open) => {
      const { body } = await open(somePieces);
      const sink = new SinkRecorder(() => {
        body.pause();
        body.resume();
        return true;
      });
      body.start(sink);
      await over(sink);
      sink.checkWhole();
    },
  },
];

async function oneCallForEachResume(open: OpenBody, onWrite: (pause: () => void) => boolean): Promise<void> {
  const { body } = await open(somePieces);
  const sink = new SinkRecorder(() => onWrite(() => body.pause()));
  body.start(sink);
  await rest();
  assert.ok(sink.calls.length <= 1, `start() was followed by ${sink.calls.join(', ')}`);
  for (let turn = 0; !sink.isOver; turn++) {
    assert.ok(turn < 1000, 'the body never ended');
    const before = sink.calls.length;
    body.resume();
    await rest();
    const calls = sink.calls.slice(before);
    assert.ok(calls.length <= 1, `one resume() was followed by ${calls.join(', ')}`);
  }
  sink.checkWhole();
}
