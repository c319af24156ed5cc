import { Buffer } from 'node:buffer';

/** One line that a client has sent. */
export interface CommandLine {
  /** In upper case. */
  readonly verb: string;
  readonly argument: string;
}

/** Receives what a reader finds. */
export interface CommandConsumer {
  line(line: CommandLine): void;
  /** A line was longer than allowed; it is skipped to its end. */
  tooLong(): void;
}

const iac = 255;
const lineFeed = 10;

/**
 * Cuts the bytes of a control connection into commands. Telnet commands (RFC 854) are taken out, among them the Interrupt and
 * Synch that a client sends before `ABOR`.
 */
export class CommandReader {
  private readonly maxBytes: number;
  private readonly consumer: CommandConsumer;
  private kept: number[] = [];
  private isSkipping = false;
  /** What of a Telnet command is still to come: after IAC a command, after WILL, WONT, DO and DONT an option. */
  private telnet: 'none' | 'command' | 'option' = 'none';
  private generation = 0;

  /** @param maxBytes of a line, without its end */
  constructor(maxBytes: number, consumer: CommandConsumer) {
    this.maxBytes = maxBytes;
    this.consumer = consumer;
  }

  /** Takes a chunk; copies what it keeps. */
  push(chunk: Uint8Array): void {
    const { generation } = this;
    for (const byte of chunk) {
      if (this.isTelnet(byte)) continue;
      if (byte === lineFeed) this.endLine();
      else if (!this.isSkipping) this.keep(byte);
      if (this.generation !== generation) return; // the rest was discarded
    }
  }

  /** Forgets all that has come, also the rest of the chunk that is being read: nothing sent before a TLS handshake counts after it. */
  discard(): void {
    this.generation += 1;
    this.kept = [];
    this.isSkipping = false;
    this.telnet = 'none';
  }

  private isTelnet(byte: number): boolean {
    if (this.telnet === 'none') {
      if (byte !== iac) return false;
      this.telnet = 'command';
    } else if (this.telnet === 'option') this.telnet = 'none';
    else if (byte === iac) {
      this.telnet = 'none';
      return false; // doubled: the byte itself
    } else this.telnet = byte >= 251 && byte <= 254 ? 'option' : 'none';
    return true;
  }

  private keep(byte: number): void {
    this.kept.push(byte);
    if (this.kept.length <= this.maxBytes + 1) return; // one more for the CR
    this.isSkipping = true;
    this.kept = [];
    this.consumer.tooLong();
  }

  private endLine(): void {
    const { kept, isSkipping } = this;
    this.kept = [];
    this.isSkipping = false;
    if (isSkipping) return;
    if (kept.at(-1) === 13) kept.pop();
    const line = parseCommandLine(Buffer.from(kept).toString('utf8'));
    if (line !== null) this.consumer.line(line);
  }
}

/** `null` for an empty line. */
export function parseCommandLine(text: string): CommandLine | null {
  const space = text.indexOf(' ');
  const verb = (space < 0 ? text : text.slice(0, space)).toUpperCase();
  if (verb === '') return null;
  return { verb, argument: space < 0 ? '' : text.slice(space + 1) };
}
