import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const switches = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-sync', '--remote-debugging-port=0'],
];

/** Opens an address in Chromium, in a profile of its own, until the test is over. The page says what it sees by asking the server. */
export async function openChromium(url: string, ...more: readonly string[]): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  onTestFinished(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  const args = [...switches, ...more, `--user-data-dir=${profile}`, url];
  const child = spawn('chromium', args, { stdio: 'ignore', detached: true });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid!, 'SIGKILL'); // its own group: all processes of this browser
    await ended;
  });
}
