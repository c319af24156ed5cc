export type HttpVersion = '1.0' | '1.1';

/** RFC 9112 §3.2: which of the four forms the request target has. */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk';

/** How the body of a response ends (RFC 9112 §6.3). */
export type ResponseFraming = 'none' | 'length' | 'chunked' | 'until-close';

/** What the heads of requests and responses have in common. */
export interface MessageHead {
  readonly httpVersion: HttpVersion;
  /** Flat triples in order of arrival: lower-case name, value, name as it was spelled. */
  readonly fields: readonly string[];
  /** The announced length, or null. */
  readonly contentLength: number | null;
  readonly chunked: boolean;
  /** Whether the sender lets the connection live on after this message: its version and its Connection options together. */
  readonly keepAlive: boolean;
  /** The Upgrade value if Connection nominates it; null in HTTP/1.0, and `h2c` is left out of it. */
  readonly upgrade: string | null;
}

export interface RequestHead extends MessageHead {
  readonly method: string;
  /** As received; `targetForm` says how to read it. */
  readonly target: string;
  readonly targetForm: TargetForm;
  /** The Host value as received, valid by grammar; undefined only in HTTP/1.0. */
  readonly host: string | undefined;
  /** Whether the client waits for `100 Continue` before it sends its body: never without a body, never in HTTP/1.0. */
  readonly expectContinue: boolean;
}

export interface ResponseHead extends MessageHead {
  readonly status: number;
  readonly statusText: string;
  readonly framing: ResponseFraming;
  /** Whether the bytes after this head are not HTTP any more: a 101, or a 2xx to CONNECT. */
  readonly isTunnel: boolean;
}

/** The plain object behind a `RequestHead`: one shape for every request. */
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

/** The plain object behind a `ResponseHead`: one shape for every response. */
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
