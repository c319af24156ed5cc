import { RequestParser } from '@windhover/http-parser';
import type { ServerLimits } from './limits.ts';

/** More than are ever in the middle of a message in one turn. */
const maxSpare = 64;

/** Parsers for connections that are in the middle of a message: an idle one needs none, and there are far more of those. */
export class ParserPool {
  private readonly limits: ServerLimits;
  private readonly spare: RequestParser[] = [];

  constructor(limits: ServerLimits) {
    this.limits = limits;
  }

  take(): RequestParser {
    return this.spare.pop() ?? new RequestParser({ limits: this.limits });
  }

  /** Takes back one that is untouched: it must know nothing of the connection it was with. */
  giveBack(parser: RequestParser): void {
    if (this.spare.length < maxSpare) this.spare.push(parser);
  }
}
