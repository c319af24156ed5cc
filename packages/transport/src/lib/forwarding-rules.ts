import assert from 'node:assert/strict';
import { type ChannelRule, deferred, idle, type OpenPair } from './rule-tools.ts';

/**
 * The rule that lent bytes make necessary: a driver that forgets to copy would send one connection the bytes of
 * another.
 */
export const forwardingRules: readonly ChannelRule[] = [
  {
    name: 'forwards two connections to slow readers without one byte of the other',
    run: async (open) => {
      const [one, two] = await Promise.all([forwardSlowly(open, 0x11), forwardSlowly(open, 0x22)]);
      assert.equal(one, 0, `${one} bytes of the other connection`);
      assert.equal(two, 0, `${two} bytes of the other connection`);
    },
  },
];

const forwardedBytes = 25 * 1024 * 1024;

/**
 * Forwards lent chunks from `source` to a sink whose reader pauses again and again. Counts the bytes that are not
 * `mark`.
 */
async function forwardSlowly(open: OpenPair, mark: number): Promise<number> {
  const [source, incoming] = await open();
  const [outgoing, reader] = await open();
  const done = deferred();
  let foreign = 0;
  let received = 0;
  incoming.attach({
    ...idle(),
    data: (chunk) => {
      if (!outgoing.write(chunk)) incoming.pause();
    },
    end: () => outgoing.end(),
  });
  outgoing.attach({ ...idle(), drain: () => incoming.resume() });
  reader.attach({
    ...idle(),
    data: (chunk) => {
      for (const byte of chunk) if (byte !== mark) foreign += 1;
      received += chunk.byteLength;
      reader.pause();
      setImmediate(() => reader.resume());
    },
    end: () => done.resolve(),
  });
  const piece = new Uint8Array(256 * 1024).fill(mark);
  let left = forwardedBytes;
  const send = (): void => {
    while (left > 0) {
      left -= piece.byteLength;
      if (!source.write(piece)) return;
    }
    source.end();
  };
  source.attach({ ...idle(), drain: send });
  send();
  await done.promise;
  for (const connection of [source, incoming, outgoing, reader]) connection.destroy();
  assert.equal(received, forwardedBytes);
  return foreign;
}
