import { HttpResponse } from '@windhover/core';
import { LiveHeaders } from './live-headers.ts';
import type { HookableResponse } from './response-hooks.ts';

/** Our response on top of Node's: both share the headers; everything else is copied when the application has answered. */
export class LiveResponse extends HttpResponse {
  private readonly message: HookableResponse;
  private live: LiveHeaders | null = null;
  private isTaken = false;

  constructor(message: HookableResponse) {
    super();
    this.message = message;
  }

  override get headers(): LiveHeaders {
    this.live ??= new LiveHeaders(this.message, this.isTaken);
    return this.live;
  }

  override get hasHeaders(): boolean {
    return this.headers.size > 0;
  }

  /** The application has answered: from now on middlewares may change its headers. */
  take(): void {
    this.isTaken = true;
    this.live?.take();
  }

  override reset(): void {
    super.reset();
    this.headers.clear();
  }
}
