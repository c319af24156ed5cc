import { fileURLToPath } from 'node:url';
import { describeError, escapeControls, indentLines } from '@windhover/console';

/**
 * Formats an error for the person who started the server. Our errors show what to do, and errors of the application show what its author
 * needs. The first line stays as it is, the others are indented, and control characters are escaped.
 */
export function explain(error: unknown): string {
  const [first = '', ...rest] = textOf(error).split('\n');
  return [escapeControls(first), ...rest.map(indentLines)].join('\n');
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return describeThrown(error);
  const { code } = error as { code?: unknown };
  // The message ends with the worker's last lines, which the worker has already written itself.
  if (typeof code === 'string' && ours.test(code)) return withoutLastLines(error.message);
  return describeThrown(error);
}

/** Describes a value that the application threw for its author, without the stack frames of this server and of Node. */
export function describeThrown(thrown: unknown): string {
  const text = describeError(thrown, isTheirs);
  return thrown instanceof Error ? text : `The application threw ${text}`;
}

const ours = /^(?:APP|CLIENT_ADDRESS|CONNECT|FASTIFY|FETCH|SERVER|SUPERVISOR|TRANSPORT)_/;

/** The folder of this file: in `dist` it holds the whole program, in the sources it is `lib`. */
const here = new URL('.', import.meta.url);
const ourFolders = [here.href, fileURLToPath(here), '/node_modules/@windhover/'];

/** Whether a stack frame is neither Node's nor ours. */
function isTheirs(frame: string): boolean {
  const isPlace = /[/\\]/.test(frame) && !/\bnode:/.test(frame);
  return isPlace && !ourFolders.some((folder) => frame.includes(folder));
}

/** Returns the supervisor's message about a worker that ended, without the lines the worker wrote before. */
export function withoutLastLines(message: string): string {
  return message.replace(/; its last lines:\n.*/s, '');
}
