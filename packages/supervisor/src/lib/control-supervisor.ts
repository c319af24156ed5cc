import net from 'node:net';
import type { ControlAnswer } from './control-server.ts';
import { detailOf, SupervisorError, type SupervisorErrorCode } from './errors.ts';
import { createLineReader, parseLine } from './line-reader.ts';
import type { SupervisorStatus } from './supervisor.ts';

/** Options of `controlSupervisor`. */
export interface ControlOptions {
  /**
   * Maximum wait for the answer, in milliseconds. Default: 120,000. A reload takes as long as the workers take to
   * start, a stop as long as they take to end.
   */
  readonly timeoutMs?: number;
  /** Sent beside the command, for the `onReload` of the other side. Default: nothing. */
  readonly request?: Readonly<Record<string, unknown>>;
}

/** Enough for the status of a thousand workers with their last lines. */
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * Asks the supervisor with this `controlPath` for its status. Rejects with its error, or with `SUPERVISOR_UNREACHABLE`.
 */
export function controlSupervisor(path: string, command: 'status', options?: ControlOptions): Promise<SupervisorStatus>;
/** Tells the supervisor with this `controlPath` to reload or to stop, and resolves when that is done. */
export function controlSupervisor(path: string, command: 'reload' | 'stop', options?: ControlOptions): Promise<null>;
/** Sends another command, one of the option `commands` of that supervisor, and resolves with what it returns. */
export function controlSupervisor(path: string, command: string, options?: ControlOptions): Promise<unknown>;
export function controlSupervisor(
  path: string,
  command: string,
  { timeoutMs = 120_000, request = {} }: ControlOptions = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path);
    const fail = (detail: string, cause?: unknown): void => {
      end();
      reject(new SupervisorError('SUPERVISOR_UNREACHABLE', `${path}. ${detail}`, cause));
    };
    const timer = setTimeout(() => fail(`No answer within ${timeoutMs} ms.`), timeoutMs);
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
    };
    const onLine = (line: string): void => {
      const answer = parseLine(line) as ControlAnswer | undefined;
      end();
      if (answer?.ok === true) resolve(answer.result);
      else if (answer?.ok === false) reject(toError(answer.error));
      else fail('The answer does not come from a supervisor.');
    };
    const reader = createLineReader(maxAnswerBytes, onLine, () => fail('The answer is too long.'));
    socket.on('data', (chunk: Buffer) => reader.read(chunk));
    socket.once('error', (error: Error) => fail(error.message, error));
    socket.once('close', () => fail('It closed the connection.'));
    socket.once('connect', () => socket.write(`${JSON.stringify({ ...request, command })}\n`));
  });
}

/** Recreates the error of the other side. */
function toError(error: { readonly code: SupervisorErrorCode; readonly message: string }): SupervisorError {
  return new SupervisorError(error.code, detailOf(error));
}
