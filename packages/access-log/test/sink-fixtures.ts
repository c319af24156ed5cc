import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@windhover/core';
import { onTestFinished } from 'vitest';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A log that keeps its messages. */
export function keepLog(): Logger & { readonly messages: string[] } {
  const messages: string[] = [];
  const say =
    (level: string) =>
    (message: string, { lines }: Readonly<Record<string, unknown>> = {}): void =>
      void messages.push(lines === undefined ? `${level}: ${message}` : `${level}: ${message} (${lines as number})`);
  return { messages, debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}

/** Every file of a folder by its name. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  );
}
