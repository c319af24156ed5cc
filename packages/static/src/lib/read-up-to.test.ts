import { describe, expect, it } from 'vitest';
import { FakeFile } from './file-fixtures.ts';
import { readUpTo } from './read-up-to.ts';

const read = async (file: FakeFile, length: number, position: number): Promise<string> =>
  Buffer.from(await readUpTo(file.opened, new Uint8Array(length), position)).toString();

describe('readUpTo()', () => {
  it('reads as much as there is room for, from where it is told', async () => {
    expect(await read(new FakeFile('0123456789'), 4, 3)).toBe('3456');
  });

  it('goes on where the system gave less', async () => {
    const file = new FakeFile('0123456789');
    const whole = file.read.bind(file);
    file.read = (into, position) => whole(into.subarray(0, 3), position);
    expect([await read(file, 10, 0), file.reads]).toEqual(['0123456789', 4]);
  });

  it('gives less where the file ends', async () => {
    expect(await read(new FakeFile('0123456789'), 10, 8)).toBe('89');
  });

  it('reads nothing where nothing is wanted', async () => {
    const file = new FakeFile('0123456789');
    expect([await read(file, 0, 0), file.reads]).toEqual(['', 0]);
  });
});
