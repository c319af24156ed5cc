import { fileURLToPath } from 'node:url';
import { describeError, escapeControls, indentLines } from '@windhover/console';

/**
 * An error for whoever started the server: what to do, of ours; of the application what its author wants to know. The first line as it is, the others
 * indented, control characters escaped.
 */
export function explain(error: unknown): string {
  const [first = '', ...rest] = textOf(error).split('\n');
  return [escapeControls(first), ...rest.map(indentLines)].join('\n');
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return describeThrown(error);
  const { code } = error as { code?: unknown };
  // The last lines of the worker, which follow in the message, it has written itself.
  if (typeof code === 'string' && ours.test(code)) return withoutLastLines(error.message);
  return describeThrown(error);
}

/** Something that the application threw, as far as it is its author's: without our frames and Node's. */
export function describeThrown(thrown: unknown): string {
  const text = describeError(thrown, isTheirs);
  return thrown instanceof Error ? text : `The application threw ${text}`;
}

const ours = /^(?:APP|CLIENT_ADDRESS|CONNECT|FASTIFY|FETCH|SERVER|SUPERVISOR|TRANSPORT)_/;

/** Where this program is: in `dist` everything is in one folder, in the sources above it. */
const here = new URL('.', import.meta.url);
const ourFolders = [here.href, fileURLToPath(here), '/node_modules/@windhover/'];

/** Neither Node's own nor ours. */
function isTheirs(frame: string): boolean {
  const isPlace = /[/\\]/.test(frame) && !/\bnode:/.test(frame);
  return isPlace && !ourFolders.some((folder) => frame.includes(folder));
}

/** What the supervisor says of a worker that ended, without what that worker wrote before. */
export function withoutLastLines(message: string): string {
  return message.replace(/; its last lines:\n.*/s, '');
}
