/** Retries that are always allowed, however few requests there are. 3, as in Envoy. */
const always = 3;

/**
 * Bounds the retries under way to a share of the requests under way. When everything fails, retries would otherwise
 * multiply the load that made it fail.
 */
export class RetryBudget {
  private readonly share: number;
  private retries = 0;

  /** @param share from 0 to 1 */
  constructor(share: number) {
    this.share = share;
  }

  /** Takes one, if there is one left. Give it back with `release()`. */
  take(requestsUnderWay: number): boolean {
    if (this.retries >= Math.max(always, requestsUnderWay * this.share)) return false;
    this.retries += 1;
    return true;
  }

  release(): void {
    this.retries -= 1;
  }
}
