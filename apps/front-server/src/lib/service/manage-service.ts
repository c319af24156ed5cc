import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CommandLine, ServiceManager } from './service-manager.ts';

/** How a service is installed or removed. Returns the exit code. */
export interface ServiceWork {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Runs a command with this console, and returns its exit code, or `null` if it does not exist. */
  readonly execute: (command: CommandLine) => number | null;
}

/** Runs a command with the console of this process. */
export function execute([program, ...args]: CommandLine): number | null {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  return error === undefined ? (status ?? 1) : null;
}

/** Writes the description and starts the service. */
export function installService({ text, file, more, install }: ServiceManager, work: ServiceWork): number {
  for (const each of [...more, { file, text }]) {
    const failed = withFile(each.file, work, () => {
      mkdirSync(dirname(each.file), { recursive: true });
      writeFileSync(each.file, each.text);
    });
    if (failed !== 0) return failed;
    work.out(`Wrote ${each.file}.\n`);
  }
  const code = runAll(install, work);
  if (code === 0) work.out('The service is running, and starts with the system.\n');
  return code;
}

/** Stops the service and removes its description. */
export function uninstallService({ file, more, uninstall, afterwards }: ServiceManager, work: ServiceWork): number {
  if (!existsSync(file)) {
    work.err(`There is no ${file}: the service is not installed.\n`);
    return 1;
  }
  const stopped = runAll(uninstall, work);
  const failed = withFile(file, work, () => {
    for (const each of [...more, { file }]) rmSync(each.file, { force: true });
  });
  if (failed !== 0) return failed;
  const code = stopped || runAll(afterwards, work);
  work.out(`Removed ${file}.\n`);
  return code;
}

/** Returns 0, or 1 with a message if the file may not be written. */
function withFile(file: string, { err }: ServiceWork, change: () => void): number {
  try {
    change();
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isForbidden = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    const advice =
      'A service of the system needs root (sudo); --user installs one of your own, and --print only shows it.';
    err(`Cannot write ${file}: ${isForbidden ? advice : message}\n`);
    return 1;
  }
}

function runAll(commands: readonly CommandLine[], { err, execute: run }: ServiceWork): number {
  for (const command of commands) {
    const code = run(command);
    if (code === 0) continue;
    const why = code === null ? `${command[0]} is not installed here` : `it ended with ${code}`;
    err(`${command.join(' ')}: ${why}.\n`);
    return 1;
  }
  return 0;
}
