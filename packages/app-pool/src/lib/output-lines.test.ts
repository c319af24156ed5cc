import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readLines } from './output-lines.ts';

it.each([
  ['lines in pieces', ['on', 'e\ntw', 'o\n'], ['one', 'two']],
  ['a last line without an end', ['one\ntwo'], ['one', 'two']],
  ['empty lines and CRLF', ['one\r\n\r\ntwo\n'], ['one', 'two']],
  ['a long line in pieces', ['x'.repeat(20_000)], ['x'.repeat(16_384), 'x'.repeat(3616)]],
])('reads %s', async (_, chunks, expected) => {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await closed;
  expect(lines).toEqual(expected);
});
