import type { HttpResponse } from './http-response.ts';
import type { Outcome } from './outcome.ts';
import type { Logger } from './services.ts';
import { toError } from './to-error.ts';

/** Holds the listeners of an exchange and notifies them. */
export abstract class ExchangeEvents {
  /** Why the exchange was aborted, `null` if it was not. */
  abortReason: Error | null = null;
  /** How the exchange ended, `null` until it has. */
  outcome: Outcome | null = null;
  private abortController: AbortController | null = null;
  private abortListeners: ((reason: Error) => void)[] | null = null;
  private headListeners: ((response: HttpResponse) => void)[] | null = null;
  private sentListeners: ((outcome: Outcome) => void)[] | null = null;

  /** Receives errors that no client hears about. */
  abstract get log(): Logger;

  get signal(): AbortSignal {
    if (this.abortController === null) {
      this.abortController = new AbortController();
      if (this.abortReason !== null) this.abortController.abort(this.abortReason);
    }
    return this.abortController.signal;
  }

  onAbort(listener: (reason: Error) => void): void {
    if (this.abortReason === null) (this.abortListeners ??= []).push(listener);
    else listener(this.abortReason);
  }

  onHead(listener: (response: HttpResponse) => void): void {
    (this.headListeners ??= []).push(listener);
  }

  onSent(listener: (outcome: Outcome) => void): void {
    if (this.outcome !== null) listener(this.outcome);
    else (this.sentListeners ??= []).push(listener);
  }

  /** Whether a listener waits for the outcome. */
  get hasSentListeners(): boolean {
    return this.sentListeners !== null;
  }

  /**
   * Runs the `onHead` listeners once, the last one first. After all have run, throws the error of the first that
   * failed.
   */
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

  /** Tells the signal and the `onAbort` listeners, once, that the exchange ends before its response is sent. */
  protected tellAborted(reason: Error): void {
    if (this.abortReason !== null) return;
    this.abortReason = reason;
    const listeners = this.abortListeners;
    this.abortListeners = null;
    this.abortController?.abort(reason);
    if (listeners !== null) this.tellAll('onAbort', listeners, reason);
  }

  /** Tells the `onSent` listeners, once, how the exchange ended. */
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
        (listener(value) as Promise<void> | undefined)?.then?.(undefined, failed); // an async listener fails later
      } catch (error) {
        failed(error);
      }
    }
  }
}
