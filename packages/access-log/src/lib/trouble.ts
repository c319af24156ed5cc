import type { Logger } from '@windhover/core';

/** Reports failures of a log once for each time of trouble, not once for each line, and counts the lines that are lost. */
export class Trouble {
  private readonly log: Logger;
  private readonly target: string;
  private hasFailed = false;
  private lost = 0;

  constructor(log: Logger, target: string) {
    this.log = log;
    this.target = target;
  }

  /** A write or an opening failed. The lines wait. */
  failed(error: unknown): void {
    if (!this.hasFailed) this.log.error('The access log cannot be written', { target: this.target, error });
    this.hasFailed = true;
  }

  /** A line was dropped because too many wait. */
  dropped(): void {
    if (this.lost === 0 && !this.hasFailed) {
      this.log.warn('The access log is written too slowly: lines are dropped', { target: this.target });
    }
    this.lost += 1;
  }

  /** A write succeeded. */
  written(isRelaxed: boolean): void {
    if (this.hasFailed) this.log.info('The access log is written again', { target: this.target });
    this.hasFailed = false;
    if (isRelaxed) this.tellLost();
  }

  /** The log is closed, and that many lines could not be written. */
  closed(unwritten: number): void {
    this.lost += unwritten;
    this.tellLost();
  }

  private tellLost(): void {
    if (this.lost > 0) this.log.warn('Lines of the access log are lost', { target: this.target, lines: this.lost });
    this.lost = 0;
  }
}
