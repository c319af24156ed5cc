import { fail } from './errors.ts';
import { resolveHttp1Limits } from './limits.ts';
import { ParsedResponseHead, type ResponseFraming, type ResponseHead } from './message-head.ts';
import { MessageParser, type ParserOptions } from './message-parser.ts';
import { StatusLine } from './status-line.ts';

const BAD_GATEWAY = 502;

/** Parses the responses of one connection. `expect` announces the request that each of them answers. */
export class ResponseParser extends MessageParser {
  /** After 'head': the head of the response, which may be an interim one. */
  head: ResponseHead = new ParsedResponseHead();
  readonly #line: StatusLine;
  readonly #maxInformational: number;
  /** Methods of the requests without a final answer, oldest first. */
  readonly #expected: string[] = [];
  #informational = 0;

  constructor(options: ParserOptions = {}) {
    const limits = resolveHttp1Limits(options.limits);
    const line = new StatusLine();
    super(line, limits);
    this.#line = line;
    this.#maxInformational = limits.maxInformational;
  }

  /** Announces that a request with this method was sent, so that one more response may arrive. */
  expect(requestMethod: string): void {
    this.#expected.push(requestMethod);
  }

  // Unexpected bytes must not become the answer to the next request.
  protected override beforeHead(): void {
    if (this.#expected.length === 0) fail('HTTP1_UNEXPECTED_RESPONSE');
  }

  protected override completeHead(): void {
    const { heads, framing } = this;
    const text = heads.decode();
    const head = new ParsedResponseHead();
    head.status = this.#line.status;
    head.statusText = this.#line.statusText(text);
    head.fields = heads.fields.toTriples(text);
    framing.collect(heads.fields, head.fields);
    framing.apply(head, this.#line.version);

    const method = this.#expected[0]!;
    if (head.status < 200 && head.status !== 101) {
      if (++this.#informational > this.#maxInformational) fail('HTTP1_TOO_MANY_INFORMATIONAL');
    } else {
      this.#expected.shift();
      this.#informational = 0;
    }
    head.isTunnel = head.status === 101 || (method === 'CONNECT' && head.status >= 200 && head.status < 300);
    head.framing = framingOf(head, method);
    // RFC 9110 §8.6, RFC 9112 §6.1: a 204 that announces a body may be followed by one, which would be read as the next
    // answer.
    const isDoubtful = head.status === 204 && (head.chunked || (head.contentLength ?? 0) > 0);
    if (head.framing === 'until-close' || isDoubtful) head.keepAlive = false;
    this.head = head;
    this.body.begin(head.framing, head.contentLength ?? 0);
  }

  protected override isTunnelNext(): boolean {
    return this.head.isTunnel;
  }

  protected override errorStatus(): number {
    return BAD_GATEWAY;
  }
}

/** RFC 9112 §6.3, in the same order. */
function framingOf(head: ParsedResponseHead, requestMethod: string): ResponseFraming {
  const { status } = head;
  if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none';
  if (head.isTunnel) return 'none';
  if (head.chunked) return 'chunked';
  return head.contentLength === null ? 'until-close' : 'length';
}
