import { FileError } from '../files/file-error.ts';
import type { FileReader } from '../files/file-system.ts';
import { createToAscii } from './ascii.ts';
import { blockBytes, giveBackBlock, takeBlock } from './block-pool.ts';
import type { DataConnection } from './data-connection.ts';
import type { Pace } from './pace.ts';

/** Each download has two such buffers: one is read into while the other is on its way. */
const chunkBytes = 256 * 1024;
/** A file as long as that has blocks in their place. */
const largeFileBytes = 8 * 1024 * 1024;
/** So many downloads at a time have blocks, 16 MiB together. */
const maxLarge = 8;
let largeNow = 0;
/** The same for a download with a limit, which should not come in bursts. */
const pacedBytes = 64 * 1024;

/** How a file is sent. */
export interface SendOptions {
  readonly startAt: number;
  readonly isAscii: boolean;
  /** `null`: as fast as the client takes it. */
  readonly pace: Pace | null;
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends the bytes that the file had when it was opened; what is appended meanwhile does not count. Rejects with `changed` if it became shorter, or
 * was written over: the client must not take a mixture for the file. Ends the data connection after the last byte.
 */
export async function sendFile(reader: FileReader, data: DataConnection, options: SendOptions): Promise<void> {
  const { startAt, isAscii, pace } = options;
  const isLarge = pace === null && !isAscii && reader.facts.size - startAt >= largeFileBytes && largeNow < maxLarge;
  if (!isLarge) {
    await send(reader, data, options, pace === null ? chunkBytes : pacedBytes);
    return data.finish();
  }
  largeNow += 1;
  try {
    const blocks = await send(reader, data, options, blockBytes);
    await data.finish();
    for (const block of blocks) giveBackBlock(block);
  } finally {
    largeNow -= 1;
  }
}

/** Returns the buffers, of which the last bytes may be on their way still. */
async function send(
  reader: FileReader,
  data: DataConnection,
  { startAt, isAscii, pace, onSent }: SendOptions,
  size: number,
): Promise<readonly Buffer[]> {
  const allocate = (): Buffer => (size === blockBytes ? takeBlock() : Buffer.allocUnsafeSlow(size));
  const convert = isAscii ? createToAscii() : null;
  const { facts } = reader;
  let left = facts.size - startAt;
  let spare: Buffer | null = null;
  let current: Buffer = left < size ? Buffer.allocUnsafeSlow(Math.max(left, 1)) : allocate();
  let reading = reader.read(current);
  while (left > 0) {
    const bytes = Math.min(await reading, left);
    if (bytes === 0) throw new FileError('changed');
    const chunk = current.subarray(0, bytes);
    left -= bytes;
    // Bytes on their way must not change, so their buffer is not read into again.
    const next: Buffer = spare !== null && data.isFlushed ? spare : allocate();
    if (left > 0) {
      reading = reader.read(next);
      reading.catch(() => undefined); // it is awaited in the next turn, if there is one
    }
    const sent = convert === null ? chunk : convert(chunk);
    await data.send(sent);
    onSent(sent.byteLength);
    if (pace !== null) await data.waitFor(pace(sent.byteLength));
    spare = current;
    current = next;
  }
  const { size: sizeNow, modifiedMs } = await reader.look();
  if (sizeNow < facts.size || (sizeNow === facts.size && modifiedMs !== facts.modifiedMs))
    throw new FileError('changed');
  return spare === null ? [current] : [current, spare];
}
