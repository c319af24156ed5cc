import type { Clock, RequestBody } from '@windhover/core';
import { adminError } from '../errors.ts';

/** How much the bodies of those who have not logged in may hold at a time, all together, in bytes. */
const maxTotalBytes = 1024 * 1024;
/** How long such a body may take to arrive, in milliseconds. */
const deadlineMs = 10_000;

/** Reads bodies of clients that have not logged in: they are short, quick, and bounded all together. */
export class StrangerBodies {
  private readonly clock: Pick<Clock, 'schedule'>;
  private reserved = 0;

  constructor(clock: Pick<Clock, 'schedule'>) {
    this.clock = clock;
  }

  /** Reads JSON of at most `maxBytes`, which the body has as its limit. Rejects with `ADMIN_NOT_NOW` or `ADMIN_BODY_SLOW`. */
  async json(body: RequestBody, maxBytes: number): Promise<unknown> {
    if (this.reserved + maxBytes > maxTotalBytes) throw adminError('ADMIN_NOT_NOW', 'too many clients are logging in');
    this.reserved += maxBytes;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.clock.schedule(deadlineMs, () => {
        const error = adminError('ADMIN_BODY_SLOW', `it has ${deadlineMs / 1000} seconds`);
        reject(error);
        body.cancel(error);
      });
    });
    try {
      return await Promise.race([body.json(), late]);
    } finally {
      cancel();
      this.reserved -= maxBytes;
    }
  }
}
