export type HttpVersion = '1.0' | '1.1';

/** The form of the request target (RFC 9112 §3.2). */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk';

/** How the end of a response body is determined (RFC 9112 §6.3). */
export type ResponseFraming = 'none' | 'length' | 'chunked' | 'until-close';

/** The properties that heads of requests and responses share. */
export interface MessageHead {
  readonly httpVersion: HttpVersion;
  /** Flat triples in order of arrival: lower-case name, value, name in its original spelling. */
  readonly fields: readonly string[];
  /** The announced length, or null. */
  readonly contentLength: number | null;
  readonly chunked: boolean;
  /** Whether the sender keeps the connection open after this message, by its version and its Connection options. */
  readonly keepAlive: boolean;
  /** The Upgrade value, if Connection lists it. Null in HTTP/1.0; `h2c` is left out. */
  readonly upgrade: string | null;
}

export interface RequestHead extends MessageHead {
  readonly method: string;
  /** As received; `targetForm` says how to read it. */
  readonly target: string;
  readonly targetForm: TargetForm;
  /** The Host value as received, syntactically valid; undefined only in HTTP/1.0. */
  readonly host: string | undefined;
  /** Whether the client waits for `100 Continue` before it sends its body: never without a body, never in HTTP/1.0. */
  readonly expectContinue: boolean;
}

export interface ResponseHead extends MessageHead {
  readonly status: number;
  readonly statusText: string;
  readonly framing: ResponseFraming;
  /** Whether the bytes after this head are no longer HTTP: after a 101, or a 2xx to CONNECT. */
  readonly isTunnel: boolean;
}

/** The object behind a `RequestHead`, with one shape for all requests. */
export class ParsedRequestHead implements RequestHead {
  method = '';
  target = '';
  targetForm: TargetForm = 'origin';
  httpVersion: HttpVersion = '1.1';
  fields: string[] = [];
  host: string | undefined = undefined;
  contentLength: number | null = null;
  chunked = false;
  keepAlive = false;
  upgrade: string | null = null;
  expectContinue = false;
}

/** The object behind a `ResponseHead`, with one shape for all responses. */
export class ParsedResponseHead implements ResponseHead {
  status = 0;
  statusText = '';
  framing: ResponseFraming = 'none';
  httpVersion: HttpVersion = '1.1';
  fields: string[] = [];
  contentLength: number | null = null;
  chunked = false;
  keepAlive = false;
  upgrade: string | null = null;
  isTunnel = false;
}
