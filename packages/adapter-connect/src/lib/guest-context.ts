import { type ConnectionInfo, type Exchange, HttpContext, type HttpRequest, type Outcome } from '@windhover/core';
import type { LiveResponse } from './live-response.ts';

/** An exchange that looks for the end of its response only when somebody wants to know of it: most answers are there at once. */
export interface WatchedExchange extends Exchange {
  watch(): void;
}

/** The context of a request of a Node server. */
export class GuestContext extends HttpContext {
  private readonly watched: WatchedExchange;

  constructor(request: HttpRequest, connection: ConnectionInfo, watched: WatchedExchange, response: LiveResponse) {
    super(request, connection, watched, response);
    this.watched = watched;
  }

  override get signal(): AbortSignal {
    this.watched.watch();
    return super.signal;
  }

  override onAbort(listener: (reason: Error) => void): void {
    this.watched.watch();
    super.onAbort(listener);
  }

  override onSent(listener: (outcome: Outcome) => void): void {
    this.watched.watch();
    super.onSent(listener);
  }
}
