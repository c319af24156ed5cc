import { dirname, resolve } from 'node:path';
import type { Ending } from './ending.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { nameSocket } from './name-socket.ts';
import { openLogs } from './open-logs.ts';
import { type ReadSettings, readSettings } from './read-settings.ts';
import { runHere } from './run-here.ts';
import { runWorkers } from './run-workers.ts';
import { untilItStarts } from './until-it-starts.ts';

type Read = Extract<ReadSettings, { readonly kind: 'settings' }>;

/** Runs the command line and returns the exit code, which the help explains. */
export async function runCommand(args: readonly string[], version: string, ending: Ending): Promise<number> {
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
  const { settings, hints, wordingOf } = read;
  const { log, say, complain } = openLogs(settings);
  ending.complain = complain;
  for (const hint of hints) log.warn(hint);
  try {
    return await run(args, read, version, ending);
  } catch (error) {
    if (Object(error).code === 'SUPERVISOR_STOPPED') {
      say('Stopped.\n'); // a signal stopped it before it was ready
      return 0;
    }
    complain(nameSocket(explain(error), settings, wordingOf));
    return 1;
  }
}

async function run(args: readonly string[], read: Read, version: string, ending: Ending): Promise<number> {
  const { settings, features } = read;
  const { watch, workers, app = '' } = settings;
  if (watch !== true && workers === undefined) return runHere(settings, features, version, ending);
  await features?.dispose(); // they were only checked here; each worker creates its own
  const inWorkers = (): Promise<number> => runWorkers(args, settings, version);
  return watch === true ? untilItStarts(dirname(resolve(app)), inWorkers, ending.complain) : inWorkers();
}
