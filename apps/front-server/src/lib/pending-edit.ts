import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { editFile } from './edit-file.ts';

/** What is kept beside a configuration while a new text is tried. */
interface PendingEdit {
  readonly pid: number;
  /** The text before, which is known to work. */
  readonly before: string;
  /** The SHA-256 of the text that is tried. */
  readonly tried: string;
}

/** Keeps the text of before until `forgetEdit`, in case the process is killed while it tries a new one. */
export function keepEdit(file: string, before: string, tried: string): void {
  const pending: PendingEdit = { pid: process.pid, before, tried: hashOf(tried) };
  editFile(besideOf(file), () => JSON.stringify(pending));
}

export function forgetEdit(file: string): void {
  rmSync(besideOf(file), { force: true });
}

/**
 * Puts the text of before back if a process was killed while it tried a new one. Returns whether it did. A text that somebody has written
 * since stays, and so does everything while that process lives.
 */
export function restoreEdit(file: string): boolean {
  const pending = read(file);
  if (pending === null || isAlive(pending.pid)) return false;
  let isRestored = false;
  editFile(file, (present) => {
    isRestored = hashOf(present) === pending.tried;
    return isRestored ? pending.before : present;
  });
  forgetEdit(file);
  return isRestored;
}

/** The text of before, if a new one is being tried; `null`: none is. */
export function pendingText(file: string): string | null {
  return read(file)?.before ?? null;
}

function read(file: string): PendingEdit | null {
  try {
    return JSON.parse(readFileSync(besideOf(file), 'utf8')) as PendingEdit;
  } catch {
    return null; // usually there is none
  }
}

function besideOf(file: string): string {
  try {
    return `${realpathSync(file)}.before`;
  } catch {
    return `${file}.before`; // somebody has moved it away
  }
}

/** A process that starts has tried nothing yet: its own number is one that was used before. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is another user's
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
