import { fileURLToPath } from 'node:url';
import { describeError } from '@windhover/console';

/** Errors of ours say what to do and need no stack; those of the application do, as far as it is theirs. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `The application threw ${describeError(error)}`;
  const { code } = error as { code?: unknown };
  // The last lines of the worker, which follow in the message, it has written itself.
  if (code === 'SUPERVISOR_WORKER_FAILED') return withoutLastLines(error.message);
  if (typeof code === 'string' && ours.test(code)) return error.message;
  return describeError(error, isTheirs);
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
