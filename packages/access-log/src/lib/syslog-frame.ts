import { isoTime } from './time-text.ts';

/** Who sends the messages of a syslog target. */
export interface SyslogSender {
  readonly facility: number;
  readonly hostName: string;
  readonly appName: string;
  readonly processId: number;
}

/** RFC 5424 §6.2.1: informational. */
const severity = 6;

/** Longer messages are cut: RFC 5424 §6.1 asks receivers for 2,048 bytes, the usual ones take 8,192. */
const maxMessageLength = 8192;

/** Makes the function that puts a line into a message of RFC 5424, without structured data. */
export function syslogMessage(sender: SyslogSender): (line: string, now: number) => string {
  const name = (text: string, length: number): string => text.replace(/[^!-~]/g, '').slice(0, length) || '-';
  const begin = `<${sender.facility * 8 + severity}>1 `;
  const end = ` ${name(sender.hostName, 255)} ${name(sender.appName, 48)} ${sender.processId} access - `;
  return (line, now) => {
    const text = line.endsWith('\n') ? line.slice(0, -1) : line;
    const message = begin + isoTime(now) + end + text;
    return message.length > maxMessageLength ? message.slice(0, maxMessageLength) : message;
  };
}

/** RFC 6587 §3.4.1: octet counting. Over UDP the frame is taken off again: RFC 5426 sends one message in a datagram. */
export function toFrame(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}

/** Returns the bytes of the frame at `start`: the whole frame, and the message in it. */
export function readFrame(bytes: Buffer, start: number): { readonly message: Buffer; readonly end: number } {
  const space = bytes.indexOf(0x20, start);
  const end = space + 1 + Number(bytes.toString('latin1', start, space));
  return { message: bytes.subarray(space + 1, end), end };
}
