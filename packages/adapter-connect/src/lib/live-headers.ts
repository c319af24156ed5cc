import type { ServerResponse } from 'node:http';
import { HttpHeaders } from '@windhover/core';
import { framingNames } from './framing-names.ts';
import type { HookableResponse } from './response-hooks.ts';

/** The headers of Node's response, read and written in place. Nothing is copied, so middlewares and application see each other's changes at once. */
export class LiveHeaders extends HttpHeaders {
  private readonly message: HookableResponse;
  /** Names set through this object; `null` once the answer is taken, because then middlewares may change every header. */
  private own: string[] | null;

  constructor(message: HookableResponse, isTaken: boolean) {
    super(null, true);
    this.message = message;
    this.own = isTaken ? null : [];
  }

  /** The application has answered. */
  take(): void {
    this.own = null;
  }

  override get fields(): readonly string[] {
    const fields: string[] = [];
    for (const [name, value] of this) fields.push(name.toLowerCase(), value, name);
    return fields;
  }

  override get size(): number {
    return this.fields.length / 3;
  }

  override get(name: string): string | undefined {
    const value = framingNames.test(name) ? undefined : this.message.getHeader(name);
    if (!Array.isArray(value)) return value === undefined ? undefined : String(value);
    return value.join(/^cookie$/i.test(name) ? '; ' : ', ');
  }

  override getAll(name: string): string[] {
    const value = framingNames.test(name) ? undefined : this.message.getHeader(name);
    if (value === undefined) return [];
    return Array.isArray(value) ? value.map(String) : [String(value)];
  }

  override has(name: string): boolean {
    return !framingNames.test(name) && this.message.hasHeader(name);
  }

  override set(name: string, value: string | readonly string[]): this {
    const isList = Array.isArray(value);
    if (!isList) this.check(name, value as string);
    else for (const each of value) this.check(name, each);
    if (isList && value.length === 0) this.delete(name);
    else this.change((message) => message.setHeader(name, value));
    this.own?.push(name);
    return this;
  }

  override append(name: string, value: string): this {
    this.check(name, value);
    this.change((message) => message.appendHeader(name, value));
    this.own?.push(name);
    return this;
  }

  override delete(name: string): boolean {
    const isThere = this.has(name);
    if (isThere) this.change((message) => message.removeHeader(name));
    return isThere;
  }

  /** Before the application has answered, this removes only headers set here and keeps those of others. */
  override clear(): void {
    for (const name of this.own?.splice(0) ?? this.message.getHeaderNames()) this.delete(name);
  }

  override adopt(fields: string[]): this {
    this.clear();
    for (let index = 0; index < fields.length; index += 3) this.append(fields[index + 2]!, fields[index + 1]!);
    return this;
  }

  override *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (const name of this.message.getRawHeaderNames()) for (const value of this.getAll(name)) yield [name, value];
  }

  /** Node believes that the head of a held answer is sent, so that flag is lifted during the change. */
  private change(change: (message: ServerResponse) => void): void {
    const { message } = this;
    const held = message._header;
    if (held === null) {
      change(message);
      return;
    }
    message._header = null;
    try {
      change(message);
    } finally {
      message._header = held;
    }
  }
}
