import { FileError } from '../files/file-error.ts';
import type { FileWriter } from '../files/file-system.ts';
import { createFromAscii } from './ascii.ts';
import type { DataConnection } from './data-connection.ts';
import type { Pace } from './pace.ts';

/** How a file is received. */
export interface ReceiveOptions {
  readonly isAscii: boolean;
  /** The most bytes that may come; `null`: any number. */
  readonly maxBytes: number | null;
  /** `null`: as fast as they come. */
  readonly pace: Pace | null;
  readonly onReceived: (bytes: number) => void;
}

/** Writes what the client sends until it ends the data connection. The caller commits or aborts. */
export async function receiveFile(writer: FileWriter, data: DataConnection, options: ReceiveOptions): Promise<void> {
  const { isAscii, maxBytes, pace, onReceived } = options;
  const convert = isAscii ? createFromAscii() : null;
  let total = 0;
  for (let chunk = await data.receive(); chunk !== null; chunk = await data.receive()) {
    total += chunk.byteLength;
    if (maxBytes !== null && total > maxBytes) throw new FileError('quota');
    await writer.write(convert === null ? chunk : convert(chunk));
    onReceived(chunk.byteLength);
    if (pace !== null) await data.waitFor(pace(chunk.byteLength));
  }
  const rest = convert?.(null);
  if (rest !== undefined && rest.byteLength > 0) await writer.write(rest);
}
