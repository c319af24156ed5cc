import { type Body, type BodySink, disposeBody, toPushBody } from '@windhover/core';
import { ClientError, type HttpClient, type Origin } from '@windhover/http-client';
import { isWanted, type ResolvedHealthOptions, RiseAndFall } from './health-options.ts';

/** The most that is read of a body to find a text in it. */
const maxBodyBytes = 64 * 1024;

type TimerWheel = HttpClient['wheel'];

/** How one upstream is checked. */
interface CheckOptions extends ResolvedHealthOptions {
  /** The bytes with which the connection begins. */
  readonly preamble: string | undefined;
}

/** Checks one upstream again and again, until it is stopped. */
export class HealthCheck {
  private readonly client: HttpClient;
  private readonly origin: Origin;
  private readonly options: CheckOptions;
  private readonly told: (isHealthy: boolean, why: string, hasChanged: boolean) => void;
  private readonly counts: RiseAndFall;
  private readonly next: ReturnType<TimerWheel['createDeadline']>;
  private readonly late: ReturnType<TimerWheel['createDeadline']>;
  private call: ReturnType<HttpClient['request']> | null = null;
  private isStopped = false;

  /** @param told hears the result of every check, the reason of a failure, and whether the upstream's health has changed */
  constructor(
    client: HttpClient,
    origin: Origin,
    options: CheckOptions,
    told: (isHealthy: boolean, why: string, hasChanged: boolean) => void,
  ) {
    this.client = client;
    this.origin = origin;
    this.options = options;
    this.told = told;
    this.counts = new RiseAndFall(options.rise, options.fall);
    this.next = client.wheel.createDeadline(() => void this.check());
    this.late = client.wheel.createDeadline(() =>
      this.call?.abort(new Error(`no answer within ${options.timeoutMs} ms`)),
    );
  }

  /** Begins with a check at once. */
  start(): void {
    void this.check();
  }

  stop(): void {
    this.isStopped = true;
    this.next.dispose();
    this.late.dispose();
    this.call?.abort(new Error('the checks were stopped'));
  }

  private async check(): Promise<void> {
    const { timeoutMs, everyMs } = this.options;
    this.late.set(timeoutMs);
    const why = await this.ask().catch((error: unknown) => reasonOf(error));
    this.call = null;
    if (this.isStopped) return;
    this.late.clear();
    this.next.set(everyMs);
    const hasChanged = this.counts.add(why === '');
    this.told(this.counts.isHealthy, why, hasChanged);
  }

  /** Returns why the check failed; empty if it succeeded. */
  private async ask(): Promise<string> {
    const { method, path, host, statuses, body, preamble } = this.options;
    const request = { method, target: path, preamble, ...(host === null ? {} : { host }) };
    this.call = this.client.request(this.origin, request);
    const response = await this.call.response;
    if (!isWanted(response.status, statuses)) {
      disposeBody(response.body, new Error('its status is enough'));
      return `it answered ${response.status}`;
    }
    if (body === null) {
      await readStart(response.body);
      return '';
    }
    return (await readStart(response.body)).includes(body) ? '' : `its answer does not contain ${JSON.stringify(body)}`;
  }
}

function reasonOf(error: unknown): string {
  if (ClientError.is(error) && error.code === 'CLIENT_ABORTED') return String((error.cause as Error).message);
  return error instanceof Error ? error.message : String(error);
}

/** Reads a body to its end, but at most `maxBodyBytes`. */
function readStart(body: Body): Promise<string> {
  const source = toPushBody(body);
  let text = '';
  return new Promise((resolve, reject) => {
    const sink: BodySink = {
      write: (chunk) => {
        text += Buffer.from(chunk).toString('latin1');
        if (text.length < maxBodyBytes) return true;
        source.cancel(new Error('enough'));
        resolve(utf8(text));
        return false;
      },
      end: () => resolve(utf8(text)),
      fail: reject,
    };
    source.start(sink);
  });
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
