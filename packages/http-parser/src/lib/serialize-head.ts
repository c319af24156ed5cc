import { isTargetByte } from './byte-class.ts';
import { fail } from './errors.ts';
import { isHostAndPort } from './host-value.ts';
import { isToken } from './is-token.ts';
import { encodeLatin1 } from './latin1.ts';
import { CONNECTION_FIELDS, checkText, HOST_FIELD, writeFields } from './write-fields.ts';

/** The framing field to write: the length, `Transfer-Encoding: chunked`, or none. */
export type HeadFraming = 'none' | 'chunked' | { readonly contentLength: number };

/** The Connection field to write. */
export type ConnectionOption = 'close' | 'keep-alive' | { readonly upgrade: string };

export interface RequestHeadInit {
  readonly method: string;
  readonly target: string;
  /** The Host value; empty if the target names no host. */
  readonly host: string;
  /** Flat triples; Host, framing and connection fields are refused here. */
  readonly fields?: readonly string[];
  /**
   * More field lines, each with its CRLF, that are written as they are: the caller has judged every name and value.
   * Default: none.
   */
  readonly judgedLines?: string;
  /** Default: 'none'. */
  readonly framing?: HeadFraming;
  /** Default: no Connection field. */
  readonly connection?: ConnectionOption | undefined;
}

export interface ResponseHeadInit {
  readonly status: number;
  /** Default: empty. */
  readonly statusText?: string;
  /** Flat triples; framing and connection fields are refused here. */
  readonly fields?: readonly string[];
  /** 'none' on a response with a body means that closing the connection ends the body. Default: 'none'. */
  readonly framing?: HeadFraming;
  /** Default: no Connection field. */
  readonly connection?: ConnectionOption;
}

/**
 * Serializes the head of a request, including its empty line, as a latin1 string.
 *
 * @throws Http1Error if a part of it could be read as something else.
 */
export function serializeRequestHead(init: RequestHeadInit): string {
  const { method, target, host } = init;
  if (!isToken(method)) fail('HTTP1_INVALID_METHOD', method);
  if (!isTarget(target)) fail('HTTP1_INVALID_TARGET', target);
  checkHost(host);
  const fields = writeFields(init.fields ?? [], CONNECTION_FIELDS | HOST_FIELD) + (init.judgedLines ?? '');
  return `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}${framingField(init.framing)}${connectionField(init.connection)}\r\n`;
}

/**
 * Serializes the head of a response, including its empty line, as a latin1 string.
 *
 * @throws Http1Error if a part of it could be read as something else.
 */
export function serializeResponseHead(init: ResponseHeadInit): string {
  const { status, statusText = '', framing = 'none' } = init;
  if (!Number.isInteger(status) || status < 100 || status > 999) fail('HTTP1_INVALID_STATUS', String(status));
  // RFC 9110 §8.6, RFC 9112 §6.1: neither framing field in a 1xx or a 204.
  if (framing !== 'none' && (status < 200 || status === 204)) fail('HTTP1_INVALID_FRAMING', String(status));
  checkText(statusText, 'HTTP1_INVALID_STATUS_TEXT');
  const fields = writeFields(init.fields ?? [], CONNECTION_FIELDS);
  return `HTTP/1.1 ${status} ${statusText}\r\n${fields}${framingField(framing)}${connectionField(init.connection)}\r\n`;
}

function framingField(framing: HeadFraming = 'none'): string {
  if (framing === 'none') return '';
  if (framing === 'chunked') return 'Transfer-Encoding: chunked\r\n';
  const length = framing.contentLength;
  if (!Number.isSafeInteger(length) || length < 0) fail('HTTP1_INVALID_FRAMING', String(length));
  return `Content-Length: ${length}\r\n`;
}

function connectionField(option: ConnectionOption | undefined): string {
  if (option === undefined) return '';
  if (option === 'close') return 'Connection: close\r\n';
  if (option === 'keep-alive') return 'Connection: keep-alive\r\n';
  checkText(option.upgrade, 'HTTP1_INVALID_FIELD_VALUE');
  return `Connection: upgrade\r\nUpgrade: ${option.upgrade}\r\n`;
}

function isTarget(target: string): boolean {
  for (let i = 0; i < target.length; i++) if (isTargetByte[target.charCodeAt(i)] !== 1) return false;
  return target.length > 0;
}

/** The last valid host: most requests of a client go to the same one. */
let lastHost = '';

function checkHost(host: string): void {
  if (host === lastHost) return;
  // Checked first, because a text that is not latin1 cannot be encoded.
  checkText(host, 'HTTP1_INVALID_FIELD_VALUE');
  if (host !== '' && !isHostAndPort(encodeLatin1(host), 0, host.length)) fail('HTTP1_INVALID_FIELD_VALUE', host);
  if (host.length <= 255) lastHost = host;
}
