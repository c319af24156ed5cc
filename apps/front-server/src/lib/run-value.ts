import type { ChosenListener } from './listen-option.ts';
import { nextFreePort } from './next-free-port.ts';

/** The text of a configuration that a command has built. A `${` in it is a plain one: a folder may have such a name. */
export function configText(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, null, 2).replaceAll('${', () => '$${');
}

/** Runs the server on a configuration that a command has built, the same way as one from a file. */
export async function runValue(
  command: string,
  value: Readonly<Record<string, unknown>>,
  { listen, assumedPort }: ChosenListener,
  version: string,
): Promise<number> {
  const text = configText({ listen, ...value });
  const hint = async (): Promise<string> => {
    const port = assumedPort === null ? null : await nextFreePort(assumedPort);
    return port === null ? '' : `Try --port ${port}.\n`;
  };
  const { runServer } = await import('./run-server.ts');
  return runServer({ file: `windhover ${command}`, text }, version, hint);
}
