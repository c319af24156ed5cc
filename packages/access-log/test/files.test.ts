import { copyFile, mkdir, readFile, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogSinks, type FileSinkOptions, type LineSink, type LocalLogSinks } from '../src/index.ts';
import { filesOf, keepLog, temporaryFolder } from './sink-fixtures.ts';

const day = 86_400_000;
const noon = Date.UTC(2026, 2, 1, 12);

interface Fixture {
  readonly folder: string;
  readonly path: string;
  readonly sinks: LocalLogSinks;
  readonly sink: LineSink;
  readonly log: ReturnType<typeof keepLog>;
  readonly clock: ReturnType<typeof createManualClock>;
}

async function openFile(options: FileSinkOptions = {}, name = 'access.log'): Promise<Fixture> {
  const folder = await temporaryFolder();
  const path = join(folder, name);
  const log = keepLog();
  const clock = createManualClock({ now: noon });
  const sinks = createLogSinks({ log, clock });
  onTestFinished(() => sinks.close());
  return { folder, path, sinks, sink: sinks.file(path, options), log, clock };
}

describe('a file', () => {
  it('is made with its folders at the first flush, for its owner and group only', async () => {
    const { path, sink } = await openFile({}, 'a/b/access.log');
    await sink.flush();
    expect(await readFile(path, 'utf8')).toBe('');
    expect((await stat(path)).mode & 0o007).toBe(0);
  });

  it('gets all lines of a tenth of a second in one go', async () => {
    const { folder, path, sink, clock } = await openFile();
    sink.write('1\n');
    clock.advance(99);
    sink.write('2\n');
    expect(await filesOf(folder)).toEqual({});
    clock.advance(1);
    await sink.flush();
    expect(await readFile(path, 'utf8')).toBe('1\n2\n');
  });

  it('has lost nothing when it is closed', async () => {
    const { path, sink } = await openFile();
    for (let number = 0; number < 50_000; number++) sink.write(`${number}\n`);
    await sink.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines).toEqual([...Array.from({ length: 50_000 }, (_, number) => String(number)), '']);
  });

  it('is appended to, after a restart too', async () => {
    const { path, sinks, sink } = await openFile();
    await writeFile(path, 'before\n');
    sink.write('1\n');
    await sink.close();
    const again = sinks.file(path);
    again.write('2\n');
    await again.close();
    expect(await readFile(path, 'utf8')).toBe('before\n1\n2\n');
  });

  it('has one writer, however many name it, by a link too', async () => {
    const { folder, path, sinks, sink } = await openFile();
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    const [one, other] = [sinks.file(join(folder, 'real/a.log')), sinks.file(join(folder, 'link/../link/a.log'))];
    one.write('1\n');
    other.write('2\n');
    await one.close();
    other.write('3\n'); // it is still open for the other
    await other.close();
    expect(await readFile(join(folder, 'real/a.log'), 'utf8')).toBe('1\n2\n3\n');
    await sink.flush();
    expect(await readFile(path, 'utf8')).toBe('');
  });
});

describe('rotation', () => {
  it('begins a new file within the lines that are written together, and splits none', async () => {
    const { folder, sink } = await openFile({ rotate: { sizeBytes: 20, keep: 100 }, header: '#\n' });
    for (let number = 10; number < 40; number++)
      sink.write(`${number} ${number % 7 === 0 ? 'is a long line indeed' : '.'}\n`);
    await sink.flush();
    const files = await filesOf(folder);
    const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && line !== '#');
    for (const text of Object.values(files)) if (lines(text).length > 1) expect(text.length).toBeLessThanOrEqual(20);
    const numbers = Object.values(files).flatMap(lines).map(Number.parseFloat);
    expect(numbers.sort()).toEqual(Array.from({ length: 30 }, (_, index) => 10 + index));
    expect(Object.keys(files).length).toBeGreaterThan(10);
  });

  it('begins a new file before one gets too large, and keeps the newest ones', async () => {
    const { folder, sink } = await openFile({ rotate: { sizeBytes: 10, keep: 2 } });
    for (const line of ['first\n', 'second\n', 'third\n', 'fourth\n', 'fifth\n']) {
      sink.write(line);
      await sink.flush();
    }
    expect(await filesOf(folder)).toEqual({
      'access.log': 'fifth\n',
      'access.log.1': 'fourth\n',
      'access.log.2': 'third\n',
    });
  });

  it('removes the files above the new number when the number is lowered', async () => {
    const { folder, path, sink } = await openFile({ rotate: { sizeBytes: 3, keep: 1 } });
    await Promise.all(['', '.1', '.2', '.3'].map((end) => writeFile(path + end, `${end}\n`)));
    sink.write('new\n');
    await sink.flush();
    expect(await filesOf(folder)).toEqual({ 'access.log': 'new\n', 'access.log.1': '\n' });
  });

  it('begins a new file at the first line of a new day, UTC', async () => {
    const { folder, sink, clock } = await openFile({ rotate: { everyMs: day } });
    sink.write('sunday\n');
    await sink.flush();
    clock.advance(day / 2 - 1);
    sink.write('still sunday\n');
    await sink.flush();
    clock.advance(1);
    await sink.flush();
    sink.write('monday\n');
    await sink.flush();
    expect(await filesOf(folder)).toEqual({ 'access.log': 'monday\n', 'access.log.1': 'sunday\nstill sunday\n' });
  });

  it('goes by the last change of a file that was there before', async () => {
    const { folder, path, sink, clock } = await openFile({ rotate: { everyMs: day } });
    await writeFile(path, 'old\n');
    clock.advance((await stat(path)).mtimeMs - noon + day);
    sink.write('new\n');
    await sink.flush();
    expect(await filesOf(folder)).toEqual({ 'access.log': 'new\n', 'access.log.1': 'old\n' });
  });

  it('loses, repeats and splits no line while many are written', async () => {
    const { folder, sink, log } = await openFile({ rotate: { sizeBytes: 150_000, keep: 10_000 } });
    const count = 60_000;
    for (let number = 0; number < count; number++) {
      sink.write(`${number} ${'x'.repeat(number % 90)}\n`);
      if (number % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await sink.close();
    const files = await filesOf(folder);
    expect(Object.keys(files).length).toBeGreaterThan(10);
    const seen = Object.values(files).flatMap((text) => {
      expect(text.endsWith('\n')).toBe(true);
      return text.slice(0, -1).split('\n');
    });
    expect(
      seen.every((line) => line === `${Number.parseInt(line, 10)} ${'x'.repeat(Number.parseInt(line, 10) % 90)}`),
    ).toBe(true);
    expect(new Set(seen.map((line) => Number.parseInt(line, 10))).size).toBe(count);
    expect(seen).toHaveLength(count);
    expect(log.messages).toEqual([]);
  });

  it('by another process is noticed at the next write', async () => {
    const { folder, path, sink, log, clock } = await openFile({ rotate: { sizeBytes: 14 } });
    const other = createLogSinks({ log, clock }).file(path, { rotate: { sizeBytes: 14 } }); // as in another process
    onTestFinished(() => other.close());
    for (const [writer, line] of [
      [sink, 'one two\n'],
      [other, 'three four\n'],
      [sink, '5\n'],
    ] as const) {
      writer.write(line);
      await writer.flush();
    }
    expect(await filesOf(folder)).toEqual({ 'access.log': 'three four\n5\n', 'access.log.1': 'one two\n' });
  });

  it('that is not possible is told once a minute, and the file goes on', async () => {
    const { folder, path, sink, log, clock } = await openFile({ rotate: { sizeBytes: 1, keep: 1 } });
    await mkdir(`${path}.1/full`, { recursive: true });
    for (const line of ['1\n', '2\n', '3\n']) {
      sink.write(line);
      await sink.flush();
    }
    expect(await readFile(path, 'utf8')).toBe('1\n2\n3\n');
    expect(log.messages).toEqual(['error: The access log cannot be rotated']);
    await rename(`${path}.1`, join(folder, 'away'));
    clock.advance(60_000);
    sink.write('4\n');
    await sink.flush();
    expect(await readFile(path, 'utf8')).toBe('4\n');
  });
});

describe('a header', () => {
  const header = '#Date: {now}\n';

  it('stands at the top of every file, and never causes a rotation by itself', async () => {
    const { folder, sink } = await openFile({ header, rotate: { sizeBytes: 40 } });
    for (const line of [`${'a'.repeat(50)}\n`, 'b\n', 'c\n']) {
      sink.write(line);
      await sink.flush();
    }
    const start = '#Date: 2026-03-01 12:00:00\n';
    expect(await filesOf(folder)).toEqual({
      'access.log': `${start}b\nc\n`,
      'access.log.1': `${start}${'a'.repeat(50)}\n`,
    });
  });

  it('is written again after a restart, a reopening, and when another program has emptied the file', async () => {
    const { path, sinks, sink } = await openFile({ header });
    sink.write('1\n');
    await sink.close();
    const again = sinks.file(path, { header });
    again.write('2\n');
    await again.flush();
    const start = '#Date: 2026-03-01 12:00:00\n';
    expect(await readFile(path, 'utf8')).toBe(`${start}1\n${start}2\n`);
    await truncate(path);
    again.write('3\n');
    await again.flush();
    expect(await readFile(path, 'utf8')).toBe(`${start}3\n`);
  });
});

describe('another program that rotates', () => {
  it('may rename the file: lines go on into it until reopen()', async () => {
    const { folder, path, sinks, sink } = await openFile();
    sink.write('1\n');
    await sink.flush();
    await rename(path, `${path}-old`);
    sink.write('2\n');
    await sink.flush();
    sinks.reopen();
    sink.write('3\n');
    await sink.flush();
    expect(await filesOf(folder)).toEqual({ 'access.log': '3\n', 'access.log-old': '1\n2\n' });
  });

  it('may copy and truncate the file: no hole of zeros appears', async () => {
    const { folder, path, sink } = await openFile();
    sink.write('1\n');
    await sink.flush();
    await copyFile(path, `${path}-old`);
    await truncate(path);
    sink.write('2\n');
    await sink.flush();
    expect(await filesOf(folder)).toEqual({ 'access.log': '2\n', 'access.log-old': '1\n' });
  });

  it('may leave nothing to open: lines go on into the old file, and that is told', async () => {
    const { folder, path, sink, log } = await openFile();
    sink.write('1\n');
    await sink.flush();
    await rename(path, `${path}-old`);
    await mkdir(path);
    sink.reopen();
    sink.write('2\n');
    await sink.flush();
    expect(await readFile(join(folder, 'access.log-old'), 'utf8')).toBe('1\n2\n');
    expect(log.messages).toContain('error: The access log cannot be rotated');
  });
});

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  it('is told once, and at the close how many lines are lost', async () => {
    const log = keepLog();
    const clock = createManualClock();
    const sinks = createLogSinks({ log, clock });
    const sink = sinks.file('/dev/full');
    sink.write('1\n');
    await expect(sink.flush()).rejects.toMatchObject({ code: 'ACCESS_LOG_FILE' });
    sink.write('2\n');
    clock.advance(1000);
    await sink.close();
    expect(log.messages).toEqual([
      'error: The access log cannot be written',
      'warn: Lines of the access log are lost (2)',
    ]);
  });
});
