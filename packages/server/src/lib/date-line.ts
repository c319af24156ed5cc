/**
 * Makes the Date field with its line end (RFC 9110 §6.6.1). The date is formatted only once a second, because
 * formatting is expensive.
 */
export class DateLine {
  private line = '';
  private date = '';
  private madeAt = 0;
  private endsAt = 0;

  /** @param now milliseconds, by any clock that goes forward */
  at(now: number): string {
    if (now >= this.endsAt || now < this.madeAt) this.make(now);
    return this.line;
  }

  /** The same without name and line end, for HTTP/2. */
  valueAt(now: number): string {
    if (now >= this.endsAt || now < this.madeAt) this.make(now);
    return this.date;
  }

  private make(now: number): void {
    const time = Date.now();
    this.madeAt = now;
    this.endsAt = now + 1000 - (time % 1000);
    this.date = new Date(time).toUTCString();
    this.line = `Date: ${this.date}\r\n`;
  }
}
