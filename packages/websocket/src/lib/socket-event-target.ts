import type { Logger } from '@windhover/core';
import { SocketListeners } from './socket-listeners.ts';
import type { WebSocketEvents } from './websocket-connection.ts';

type Handler<Name extends keyof WebSocketEvents> = (event: WebSocketEvents[Name]) => void;

/** The listeners of a connection, in both spellings of browsers: `onmessage = …` and `addEventListener('message', …)`. */
export abstract class SocketEventTarget {
  private readonly listeners = new SocketListeners();
  private readonly log: Logger;
  private messageHandler: Handler<'message'> | null = null;
  private closeHandler: Handler<'close'> | null = null;
  private errorHandler: Handler<'error'> | null = null;

  constructor(log: Logger) {
    this.log = log;
  }

  /** There is a listener for messages now. */
  protected abstract messageListenerAdded(): void;

  get onmessage(): Handler<'message'> | null {
    return this.messageHandler;
  }

  set onmessage(handler: Handler<'message'> | null) {
    this.replace('message', this.messageHandler, handler);
    this.messageHandler = handler;
  }

  get onclose(): Handler<'close'> | null {
    return this.closeHandler;
  }

  set onclose(handler: Handler<'close'> | null) {
    this.replace('close', this.closeHandler, handler);
    this.closeHandler = handler;
  }

  get onerror(): Handler<'error'> | null {
    return this.errorHandler;
  }

  set onerror(handler: Handler<'error'> | null) {
    this.replace('error', this.errorHandler, handler);
    this.errorHandler = handler;
  }

  addEventListener<Name extends keyof WebSocketEvents>(name: Name, listener: Handler<Name>): void {
    this.listeners.add(name, listener);
    if (name === 'message') this.messageListenerAdded();
  }

  removeEventListener<Name extends keyof WebSocketEvents>(name: Name, listener: Handler<Name>): void {
    this.listeners.remove(name, listener);
  }

  protected hasListener(name: keyof WebSocketEvents): boolean {
    return this.listeners.has(name);
  }

  private replace<Name extends keyof WebSocketEvents>(
    name: Name,
    before: Handler<Name> | null,
    after: Handler<Name> | null,
  ): void {
    if (before !== null) this.removeEventListener(name, before);
    if (after !== null) this.addEventListener(name, after);
  }

  protected tell<Name extends keyof WebSocketEvents>(name: Name, event: WebSocketEvents[Name]): void {
    this.listeners.tell(name, event, this.listenerFailed);
  }

  private readonly listenerFailed = (error: unknown): void => {
    this.log.error('A listener of a WebSocket connection failed', { error });
  };
}
