import { http2Codes } from '@windhover/http2-codec';

/** What gRPC servers say that get pings too often. */
const tooManyPings = 'too_many_pings';

/** With what an upstream goes away: its GOAWAY (RFC 9113 §6.8). */
export class Goodbye {
  readonly code: number;
  private readonly text: string;

  /** @param text what it says about that; may be empty */
  constructor(code: number, text: string) {
    this.code = code;
    this.text = text;
  }

  /** RFC 9113 §7: it wants the requests that it has not answered over HTTP/1.1. */
  get wantsHttp1(): boolean {
    return this.code === http2Codes.HTTP_1_1_REQUIRED;
  }

  /** What it has had too many of; `null` if that is not why it goes. */
  get tooMany(): 'calls' | 'pings' | null {
    if (this.code !== http2Codes.ENHANCE_YOUR_CALM) return null;
    return this.text === tooManyPings ? 'pings' : 'calls';
  }

  /** For the errors of the calls that it ends. */
  toString(): string {
    const name = Object.entries(http2Codes).find(([, known]) => known === this.code)?.[0] ?? `code ${this.code}`;
    return `it went away with ${name}${this.text === '' ? '' : ` (${this.text})`}`;
  }
}
