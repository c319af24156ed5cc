import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./last-lines.mjs', import.meta.url));

let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));

interface Said {
  readonly missing: number;
}

async function run(count: number, how: string, read: (child: ChildProcess) => Promise<string>) {
  child = spawn(process.execPath, [script, String(count), how], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, said] = await Promise.all([read(child), text(child.stderr!)]);
  return { lines: stdout.split('\n').slice(0, -1), ...(JSON.parse(said) as Said) };
}

/** Matches the number in each complete line. */
function expectWhole(lines: readonly string[], count: number): void {
  const expected = Array.from({ length: count }, (_, index) => `${index + 1} ${'x'.repeat(90)}`);
  expect(lines).toEqual(expected);
}

describe('close() of a line writer', () => {
  it.each(['at once', 'in turns'])('loses no line that a reader takes, and tears none, written %s', async (how) => {
    const { lines, missing } = await run(5_000, how, (process) => text(process.stdout!));
    expectWhole(lines, 5_000);
    expect(missing).toBe(0);
  });

  it('waits for a slow reader', async () => {
    const { lines } = await run(5_000, 'in turns', async ({ stdout }) => {
      let read = '';
      for await (const chunk of stdout!.setEncoding('utf8')) {
        read += chunk;
        await new Promise((resolve) => setTimeout(resolve, 5)); // slows the reader down; it waits for nothing
      }
      return read;
    });
    expectWhole(lines, 5_000);
  });

  it('ends all the same when nobody reads, and counts what is lost', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-lines-'));
    const said = join(folder, 'said');
    // The reader begins after the writer has ended, so it gets only what the pipe holds.
    const command = '"$0" "$1" 20000 "in turns" 2>"$2" | { until [ -s "$2" ]; do sleep 0.05; done; cat; }';
    child = spawn('sh', ['-c', command, process.execPath, script, said], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = (await text(child.stdout!)).split('\n').slice(0, -1);
    const { missing } = JSON.parse(await readFile(said, 'utf8')) as Said;
    expect(missing).toBeGreaterThan(10_000);
    expectWhole(lines, 20_000 - missing);
    await rm(folder, { recursive: true });
  });
});
