import type { HttpResponse } from './http-response.ts';
import type { Outcome } from './outcome.ts';
import type { Logger } from './services.ts';
import { toError } from './to-error.ts';

/** What an exchange tells of itself, and to whom. */
export abstract class ExchangeEvents {
  /** Why it was aborted; `null`: it was not. */
  abortReason: Error | null = null;
  /** How it ended, once everybody was told. */
  outcome: Outcome | null = null;
  private abortController: AbortController | null = null;
  private abortListeners: ((reason: Error) => void)[] | null = null;
  private headListeners: ((response: HttpResponse) => void)[] | null = null;
  private sentListeners: ((outcome: Outcome) => void)[] | null = null;

  /** Where failures go that no client is told of. */
  abstract get log(): Logger;

  get signal(): AbortSignal {
    if (this.abortController === null) {
      this.abortController = new AbortController();
      if (this.abortReason !== null) this.abortController.abort(this.abortReason);
    }
    return this.abortController.signal;
  }

  onAbort(listener: (reason: Error) => void): void {
    if (this.abortReason === null) this.abortListeners = [...(this.abortListeners ?? []), listener];
    else listener(this.abortReason);
  }

  onHead(listener: (response: HttpResponse) => void): void {
    (this.headListeners ??= []).push(listener);
  }

  onSent(listener: (outcome: Outcome) => void): void {
    if (this.outcome !== null) listener(this.outcome);
    else (this.sentListeners ??= []).push(listener);
  }

  /** Whether anybody waits for the outcome. */
  get hasSentListeners(): boolean {
    return this.sentListeners !== null;
  }

  /** Asks everybody for a last word on the head, once. Throws what the first failed listener threw, after all have run. */
  protected askHead(response: HttpResponse): void {
    const listeners = this.headListeners;
    if (listeners === null) return;
    this.headListeners = null;
    let failure: { readonly error: unknown } | null = null;
    for (let index = listeners.length - 1; index >= 0; index--) {
      try {
        listeners[index]!(response);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== null) throw failure.error;
  }

  /** Tells that it ends before its response is sent, once. */
  protected tellAborted(reason: Error): void {
    if (this.abortReason !== null) return;
    this.abortReason = reason;
    const listeners = this.abortListeners;
    this.abortListeners = null;
    this.abortController?.abort(reason);
    if (listeners !== null) this.tellAll('onAbort', listeners, reason);
  }

  /** Tells how it ended, once. */
  protected tellOutcome(outcome: Outcome): void {
    if (this.outcome !== null) return;
    this.outcome = outcome;
    const listeners = this.sentListeners;
    this.sentListeners = null;
    if (listeners !== null) this.tellAll('onSent', listeners, outcome);
  }

  /** A listener threw, or its promise was rejected. */
  protected listenerFailed(name: 'onAbort' | 'onSent', error: unknown): void {
    this.log.error(`An ${name} listener failed`, { error: toError(error) });
  }

  private tellAll<T>(name: 'onAbort' | 'onSent', listeners: readonly ((value: T) => unknown)[], value: T): void {
    const failed = (error: unknown): void => this.listenerFailed(name, error);
    for (const listener of listeners) {
      try {
        (listener(value) as Promise<void> | undefined)?.then?.(undefined, failed); // an async one fails later
      } catch (error) {
        failed(error);
      }
    }
  }
}
