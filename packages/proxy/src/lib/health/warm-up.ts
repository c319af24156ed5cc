import { disposeBody, type Logger } from '@windhover/core';
import type { HttpClient, Origin } from '@windhover/http-client';

/** Requests that an upstream answers before it gets those of clients. */
export interface WarmUpOptions {
  /** What is asked for, one after the other: paths with query. */
  readonly paths: readonly string[];
  /** The Host field. Default: the upstream's own. */
  readonly host?: string;
  /** How long it may take, in milliseconds, above 0; then it gets requests all the same. Default: 90,000, as a start in IIS. */
  readonly timeoutMs?: number;
}

/** How long until an upstream that cannot be reached is asked again, in milliseconds. */
const againMs = 1000;

/** Warms one upstream up, as often as it is asked to. */
export class WarmUp {
  private readonly client: HttpClient;
  private readonly origin: Origin;
  private readonly options: WarmUpOptions & { readonly preamble: string | undefined };
  private readonly log: Logger | undefined;
  private readonly done: (hasAnswered: boolean) => void;
  private readonly next: ReturnType<HttpClient['wheel']['createDeadline']>;
  private readonly late: ReturnType<HttpClient['wheel']['createDeadline']>;
  private call: ReturnType<HttpClient['request']> | null = null;
  /** Counts the warm-ups: an answer to an earlier one is not heard any more. */
  private turn = 0;
  private isRunning = false;

  /** @param done hears that it is over, and whether the upstream has answered */
  constructor(
    client: HttpClient,
    origin: Origin,
    options: WarmUpOptions & { readonly preamble: string | undefined },
    log: Logger | undefined,
    done: (hasAnswered: boolean) => void,
  ) {
    this.client = client;
    this.origin = origin;
    this.options = options;
    this.log = log;
    this.done = done;
    this.next = client.wheel.createDeadline(() => void this.ask(this.turn));
    this.late = client.wheel.createDeadline(() => this.tooLate());
  }

  /** Begins, unless it is under way. */
  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.late.set(this.options.timeoutMs ?? 90_000);
    void this.ask(++this.turn);
  }

  stop(): void {
    this.end();
    this.next.dispose();
    this.late.dispose();
  }

  private async ask(turn: number): Promise<void> {
    for (const path of this.options.paths) {
      const status = await this.get(path);
      if (turn !== this.turn || !this.isRunning) return;
      if (status === null) {
        this.next.set(againMs);
        return;
      }
      if (status >= 500)
        this.log?.warn('A request to warm an upstream up failed', { upstream: this.origin.key, path, status });
    }
    this.log?.info('An upstream is warmed up', { upstream: this.origin.key });
    this.over(true);
  }

  /** The status; `null`: no answer came. */
  private async get(target: string): Promise<number | null> {
    const { host, preamble } = this.options;
    this.call = this.client.request(this.origin, {
      method: 'GET',
      target,
      preamble,
      ...(host === undefined ? {} : { host }),
    });
    try {
      const { status, body } = await this.call.response;
      disposeBody(body, new Error('its status is enough'));
      return status;
    } catch {
      return null;
    }
  }

  private tooLate(): void {
    const { timeoutMs = 90_000 } = this.options;
    this.log?.warn('An upstream gets requests although it is not warmed up', {
      upstream: this.origin.key,
      afterMs: timeoutMs,
    });
    this.over(false);
  }

  private over(hasAnswered: boolean): void {
    this.end();
    this.done(hasAnswered);
  }

  private end(): void {
    this.isRunning = false;
    this.next.clear();
    this.late.clear();
    this.call?.abort(new Error('the warm-up is over'));
    this.call = null;
  }
}
