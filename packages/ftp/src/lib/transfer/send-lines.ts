import type { DataConnection } from './data-connection.ts';

/** Lines are collected up to this size, in UTF-16 units. */
const chunkLength = 16 * 1024;

/** Sends lines as they come. */
export async function sendLines(
  lines: AsyncIterable<string>,
  data: DataConnection,
  onSent: (bytes: number) => void,
): Promise<void> {
  let text = '';
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(text);
    text = '';
    await data.send(bytes);
    onSent(bytes.byteLength);
  };
  for await (const line of lines) {
    text += `${line.replace(/[\r\n]/g, '?')}\r\n`;
    if (text.length >= chunkLength) await flush();
  }
  if (text !== '') await flush();
}
