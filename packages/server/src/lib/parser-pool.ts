import { RequestParser } from '@windhover/http-parser';
import type { ServerLimits } from './limits.ts';

/** More than the connections that are ever in the middle of a message in one turn. */
const maxSpare = 64;

/** Parsers for connections that are in the middle of a message. Most connections are idle and need none. */
export class ParserPool {
  private readonly limits: ServerLimits;
  private readonly spare: RequestParser[] = [];

  constructor(limits: ServerLimits) {
    this.limits = limits;
  }

  take(): RequestParser {
    return this.spare.pop() ?? new RequestParser({ limits: this.limits });
  }

  /** Takes back a parser. It must be untouched: it must hold nothing from the connection that used it. */
  giveBack(parser: RequestParser): void {
    if (this.spare.length < maxSpare) this.spare.push(parser);
  }
}
