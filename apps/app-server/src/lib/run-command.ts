import { explain } from './explain.ts';
import { help } from './help.ts';
import { readSettings } from './read-settings.ts';
import { runHere } from './run-here.ts';
import { runWorkers } from './run-workers.ts';

/** Runs the command line and gives the exit code, which the help explains. */
export async function runCommand(args: readonly string[], version: string): Promise<number> {
  const read = await readSettings(args, process.env);
  switch (read.kind) {
    case 'help':
      process.stdout.write(help());
      return 0;
    case 'version':
      process.stdout.write(`${version}\n`);
      return 0;
    case 'misuse':
      process.stderr.write(`${read.message}See windhover-app --help.\n`);
      return 2;
  }
  const { settings, hints } = read;
  for (const hint of hints) process.stderr.write(`${hint}\n`);
  try {
    const isSupervised = settings.workers !== undefined || settings.watch === true;
    return await (isSupervised ? runWorkers(args, settings, version) : runHere(settings, version));
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 1;
  }
}
