import { fail, type Http1Error } from './errors.ts';
import { readHost } from './host-table.ts';
import { resolveHttp1Limits } from './limits.ts';
import { ParsedRequestHead, type RequestHead } from './message-head.ts';
import { MessageParser, type ParserOptions } from './message-parser.ts';
import { RequestLine } from './request-line.ts';

/** Parses the requests of one connection, one after the other, pipelined ones included. */
export class RequestParser extends MessageParser {
  /** After 'head': the head of the request. */
  head: RequestHead = new ParsedRequestHead();
  readonly #line: RequestLine;

  constructor(options: ParserOptions = {}) {
    const limits = resolveHttp1Limits(options.limits);
    const line = new RequestLine(limits.maxLeadingEmptyLines);
    super(line, limits);
    this.#line = line;
  }

  protected override beforeHead(): void {
    // Requests may arrive at any time.
  }

  protected override completeHead(): void {
    const { heads, framing } = this;
    const text = heads.decode();
    const line = this.#line;
    const head = new ParsedRequestHead();
    head.method = line.method(text);
    head.target = line.target(text);
    head.targetForm = line.targetForm;
    head.fields = heads.fields.toTriples(text);
    framing.collect(heads.fields, head.fields);
    framing.apply(head, line.version);
    this.#readHost(head);
    const hasBody = head.chunked || (head.contentLength !== null && head.contentLength > 0);
    if (framing.expect !== null) head.expectContinue = isContinueExpected(framing.expect, head) && hasBody;

    this.head = head;
    // RFC 9112 §6.3: a request without framing fields has no body.
    this.body.begin(head.chunked ? 'chunked' : hasBody ? 'length' : 'none', head.contentLength ?? 0);
  }

  // After CONNECT or an upgrade the caller decides; until then, bytes are requests.
  protected override isTunnelNext(): boolean {
    return false;
  }

  protected override errorStatus(error: Http1Error): number {
    return error.status;
  }

  /** RFC 9112 §3.2: HTTP/1.1 needs one valid Host; it may be empty only if the target names no host either. */
  #readHost(head: ParsedRequestHead): void {
    const index = this.framing.hostIndex;
    if (index < 0) {
      if (head.httpVersion === '1.1') fail('HTTP1_MISSING_HOST');
      return;
    }
    const value = head.fields[index * 3 + 1]!;
    if (value === '') {
      if (head.targetForm !== 'origin' && head.targetForm !== 'asterisk') fail('HTTP1_BAD_HOST', value);
      head.host = value;
      return;
    }
    const { memory, origin, fields } = this.heads;
    const start = origin + fields.valueStart(index);
    head.host = readHost(memory, start, start + value.length) ?? fail('HTTP1_BAD_HOST', value);
  }
}

/** RFC 9110 §10.1.1: 100-continue is the only defined expectation, and HTTP/1.0 does not have it. */
function isContinueExpected(expect: string, head: RequestHead): boolean {
  if (expect !== '100-continue' && expect.toLowerCase() !== '100-continue')
    fail('HTTP1_UNSUPPORTED_EXPECTATION', expect);
  return head.httpVersion === '1.1';
}
