import { closeLineWriters, createLineWriter, stopSignal } from '@windhover/console';
import { formatProblems, type Problem } from '@windhover/host';
import { TransportError } from '@windhover/transport';
import { describeServer } from './describe-server.ts';
import { help } from './help.ts';
import { parseCommand } from './parse-command.ts';
import { checkConfig, startFrontServer } from './start-front-server.ts';

/** Milliseconds for a console to read the last lines: one that nobody reads must not keep the process alive. */
const lastWordsMs = 1000;

/** Runs one command of the command line and returns the exit code, which `help` explains. */
export async function runCommand(args: readonly string[], version: string): Promise<number> {
  const command = parseCommand(args);
  switch (command.kind) {
    case 'help':
      process.stdout.write(help);
      return 0;
    case 'version':
      process.stdout.write(`${version}\n`);
      return 0;
    case 'misuse':
      process.stderr.write(`${command.message}\nSee windhover --help.\n`);
      return 2;
    case 'check':
      return check(command.config);
    case 'run':
      return run(command.config, version);
  }
}

async function check(config: string): Promise<number> {
  const problems = await checkConfig(config);
  if (problems.length > 0) return refuse(problems);
  process.stdout.write(`${config} is right.\n`);
  return 0;
}

async function run(config: string, version: string): Promise<number> {
  const access = createLineWriter(process.stdout);
  const log = createLineWriter(process.stderr);
  process.once('exit', () => closeLineWriters(access, log));
  try {
    const started = await startFrontServer({ config, writeAccess: access.write, writeLog: log.write });
    if (!started.ok) return refuse(started.problems);
    const { server } = started;
    process.stdout.write(describeServer(version, server));
    process.on('SIGHUP', () => {
      process.stderr.write('SIGHUP: there is no reload yet; restart the server for a changed configuration.\n');
    });
    const signal = await stopSignal((_signal, exitCode) => process.exit(exitCode));
    access.flush();
    const open = server.connections === 1 ? '1 connection is' : `${server.connections} connections are`;
    process.stdout.write(`${signal}: stopping, ${open} open. A second signal ends at once.\n`);
    await server.stop();
    access.flush();
    process.stdout.write('Stopped.\n');
    setTimeout(() => process.exit(), lastWordsMs).unref();
    return 0;
  } catch (error) {
    if (!TransportError.is(error)) throw error; // a bug: show its stack
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function refuse(problems: readonly Problem[]): number {
  process.stderr.write(formatProblems(problems));
  return 2;
}
