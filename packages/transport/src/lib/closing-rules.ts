import assert from 'node:assert/strict';
import { onConsumerError } from './report-error.ts';
import { type ChannelRule, deferred, idle, record, rest, until, withPair } from './rule-tools.ts';

/** How connections end. */
export const closingRules: readonly ChannelRule[] = [
  {
    name: 'gives only close() after destroy(), once, with the first error',
    run: withPair(async (near, far) => {
      const recorder = record(far, (channel) => {
        channel.destroy(new Error('first'));
        channel.destroy(new Error('second'));
        channel.write('into the void');
      });
      near.attach(idle());
      near.write('one');
      near.write('two');
      await recorder.closed;
      await rest();
      assert.deepEqual(recorder.calls, ['data', 'close']);
      assert.equal(recorder.error?.message, 'first');
    }),
  },
  {
    name: 'closes the connection when its consumer throws, and reports the error',
    run: withPair(async (near, far) => {
      const reported: unknown[] = [];
      const before = onConsumerError((error) => reported.push(error));
      const recorder = record(far, () => {
        throw new Error('a bug');
      });
      near.attach(idle());
      near.write('one');
      await recorder.closed;
      onConsumerError(before);
      assert.deepEqual(recorder.calls, ['data', 'close']);
      assert.equal((reported[0] as Error).message, 'a bug');
    }),
  },
  {
    name: 'lets an end be written to: half-closed is not closed',
    run: withPair(async (near, far) => {
      const recorder = record(near);
      const answer = (): void => {
        far.write('late answer');
        far.end();
      };
      far.attach({ ...idle(), end: answer });
      near.end();
      await recorder.ended;
      assert.equal(recorder.text(), 'late answer');
    }),
  },
  {
    name: 'closes when it is reset after its end was sent',
    run: withPair(async (near, far) => {
      const recorder = record(near);
      far.attach(idle());
      near.write('x');
      near.end();
      near.reset();
      await recorder.closed;
    }),
  },
  {
    name: 'tells the peer of a reset as an error',
    run: withPair(async (near, far) => {
      const recorder = record(far);
      near.attach(idle());
      near.write('x');
      await recorder.called('data');
      near.reset();
      far.write('y');
      await recorder.closed;
      const { code } = recorder.error as NodeJS.ErrnoException;
      assert.ok(code === 'ECONNRESET' || code === 'EPIPE', `a reset, or a broken pipe on a Unix socket: ${code}`);
    }),
  },
  {
    name: 'gives only close() after destroy() inside end()',
    run: withPair(async (near, far) => {
      const calls: string[] = [];
      const done = deferred();
      far.attach({
        data: () => calls.push('data'),
        end: () => {
          calls.push('end');
          far.destroy(new Error('enough'));
          far.write('into the void');
          assert.deepEqual(calls, ['end']);
        },
        drain: () => calls.push('drain'),
        close: (error) => {
          calls.push(`close: ${error?.message}`);
          done.resolve();
        },
      });
      near.attach(idle());
      near.end();
      await done.promise;
      assert.deepEqual(calls, ['end', 'close: enough']);
    }),
  },
  {
    name: 'calls onClosed() listeners with a consumer, without one, and if added late; and tells a late consumer too',
    run: withPair(async (near, far) => {
      const told: string[] = [];
      near.onClosed((error) => told.push(`near: ${error?.message}`));
      near.destroy(new Error('first'));
      await until(() => told.length === 1);
      near.onClosed((error) => told.push(`late: ${error?.message}`));
      near.attach({ ...idle(), close: (error) => told.push(`consumer: ${error?.message}`) });
      near.attach({ ...idle(), close: (error) => told.push(`consumer: ${error?.message}`) });
      await until(() => told.length >= 3);
      await rest();
      assert.deepEqual(told, ['near: first', 'consumer: first', 'late: first']);
      far.attach({ ...idle(), close: () => told.push('far consumer') });
      far.onClosed(() => told.push('far listener'));
      far.destroy();
      await until(() => told.length === 5);
      assert.deepEqual(told.slice(3), ['far consumer', 'far listener']);
    }),
  },
  ...(['near', 'far'] as const).map((first) => ({
    name: `closes when both sides have ended, ${first} first`,
    run: withPair(async (near, far) => {
      const [one, other] = first === 'near' ? [near, far] : [far, near];
      const recorders = [record(one), record(other)] as const;
      one.write('last words');
      one.end();
      await recorders[1].ended;
      assert.equal(recorders[1].text(), 'last words');
      other.write('answer');
      other.end();
      await Promise.all(recorders.map(({ closed }) => closed));
      assert.equal(recorders[0].text(), 'answer');
      assert.equal(recorders[0].error ?? recorders[1].error, undefined);
    }),
  })),
];
