import net from 'node:net';
import { SupervisorError, type SupervisorErrorCode } from './errors.ts';
import { createLineReader, parseLine } from './line-reader.ts';
import { prepareSocketFile, setMode, withUmask } from './socket-file.ts';

/** A command for a supervisor, sent through its control socket. */
export type ControlCommand = 'status' | 'reload' | 'stop';

/** The functions that carry out the commands. Their result is sent back. */
export type ControlCommands = Readonly<Record<string, (request: Readonly<Record<string, unknown>>) => unknown>>;

/** The answer to a command, one line of JSON. */
export type ControlAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: { readonly code: SupervisorErrorCode; readonly message: string } };

/** Only the server's own user may connect, because a client can stop the server. */
const socketMode = 0o600;

/** A command is about twenty bytes long. */
const maxRequestBytes = 1024;

/** Clients are programs on this machine; a request that takes longer is stuck. */
const requestTimeoutMs = 5000;

/** Maximum of concurrent clients. One more replaces the client that has been silent longest. */
const maxClients = 32;

/** The control socket of a supervisor. One line in, one line out. */
export class ControlServer {
  readonly #server: net.Server;
  /** All connected clients. */
  readonly #clients = new Set<net.Socket>();
  /** Clients that do not wait for an answer, oldest first. */
  readonly #idle = new Set<net.Socket>();

  private constructor(server: net.Server) {
    this.#server = server;
  }

  /** Rejects with `SUPERVISOR_CONTROL_FAILED`, for example if another supervisor listens there. */
  static async open(path: string, commands: ControlCommands): Promise<ControlServer> {
    const server = net.createServer();
    const control = new ControlServer(server);
    server.on('connection', (socket) => {
      if (control.#makeRoom()) control.#serve(socket, commands);
      else socket.destroy();
    });
    try {
      await prepareSocketFile(path);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        withUmask(socketMode, () => server.listen(path, resolve));
      });
      setMode(path, socketMode);
    } catch (error) {
      server.close();
      const { code, message } = error as NodeJS.ErrnoException;
      const advice =
        code === 'EADDRINUSE' ? 'Another supervisor listens there, or it is a file of another kind.' : message;
      throw new SupervisorError('SUPERVISOR_CONTROL_FAILED', `${path}. ${advice}`, error);
    }
    server.on('error', () => undefined); // errors of accept; the next connection is tried again
    return control;
  }

  /** Takes no more commands. Commands under way are still answered. */
  close(): void {
    this.#server.close();
    for (const socket of this.#idle) socket.destroy();
  }

  /** Whether one more client may connect: not if all clients wait for an answer. */
  #makeRoom(): boolean {
    if (this.#clients.size < maxClients) return true;
    const [oldest] = this.#idle;
    if (oldest === undefined) return false;
    this.#forget(oldest);
    oldest.destroy();
    return true;
  }

  #forget(socket: net.Socket): void {
    this.#clients.delete(socket);
    this.#idle.delete(socket);
  }

  #serve(socket: net.Socket, commands: ControlCommands): void {
    this.#clients.add(socket);
    this.#idle.add(socket);
    socket.on('error', () => undefined); // 'close' follows
    socket.once('close', () => this.#forget(socket));
    const refuse = (detail: string): void => answer(refusal(new SupervisorError('SUPERVISOR_REQUEST_INVALID', detail)));
    const timer = setTimeout(() => refuse(`no line came within ${requestTimeoutMs} ms`), requestTimeoutMs);
    socket.once('close', () => clearTimeout(timer));
    let isAsked = false;
    const answer = (text: ControlAnswer): void => {
      isAsked = true;
      clearTimeout(timer);
      if (this.#clients.has(socket)) this.#idle.add(socket); // again, as the youngest
      socket.end(`${JSON.stringify(text)}\n`);
      // For a client that does not read its answer.
      socket.setTimeout(requestTimeoutMs, () => socket.destroy());
    };
    const onLine = (line: string): void => {
      if (isAsked) return; // one command for each connection
      isAsked = true;
      clearTimeout(timer);
      const command = readCommand(line, commands);
      if (command === null) {
        refuse(`expected {"command":"status"}, "reload" or "stop", found ${quote(line)}`);
        return;
      }
      this.#idle.delete(socket);
      void run(command).then(answer);
    };
    const reader = createLineReader(maxRequestBytes, onLine, () => {
      if (!isAsked) refuse(`it is longer than ${maxRequestBytes} bytes`);
    });
    socket.on('data', (chunk: Buffer) => reader.read(chunk));
    socket.on('end', () => {
      if (!isAsked) refuse('it ended without a line');
    });
  }
}

function readCommand(line: string, commands: ControlCommands): (() => unknown) | null {
  const request = parseLine(line);
  if (typeof request !== 'object' || request === null || !('command' in request)) return null;
  const { command } = request;
  if (typeof command !== 'string' || !Object.hasOwn(commands, command)) return null;
  return () => commands[command]!(request as unknown as Readonly<Record<string, unknown>>);
}

async function run(command: () => unknown): Promise<ControlAnswer> {
  try {
    return { ok: true, result: (await command()) ?? null };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): ControlAnswer {
  const { message } = error as Error;
  return { ok: false, error: { code: SupervisorError.is(error) ? error.code : 'SUPERVISOR_INTERNAL', message } };
}

function quote(line: string): string {
  return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line);
}
