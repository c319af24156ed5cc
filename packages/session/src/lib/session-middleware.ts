import { createHash, randomBytes } from 'node:crypto';
import { contextKey, type Handler, type HttpContext, type Middleware } from '@windhover/core';
import { sessionError, sessionErrors } from './errors.ts';
import { Sealer } from './sealer.ts';
import { Seals } from './seals.ts';
import { LiveSession, sessionKey } from './session.ts';
import { SessionCookieJar } from './session-cookie.ts';
import { type ResolvedSession, resolveSession, type SessionOptions } from './session-options.ts';
import type { SessionRecord } from './session-store.ts';

/** 256 bits: not to be guessed. */
const idBytes = 32;
/** How often the log hears that the store fails. */
const toldEveryMs = 60_000;

/** Why a request was refused, for the access log. */
const refusalKey = contextKey<{ readonly code: string; readonly rule: string }>('refusal');

/**
 * Gives each request the session of its browser, under `sessionKey`. It is kept in the cookie, encrypted, or in a store. Nothing is kept and
 * no cookie is sent before something is set. Throws `SESSION_OPTION_INVALID` when it is created.
 */
export function session(options: SessionOptions): Middleware<HttpContext> {
  const resolved = resolveSession(options);
  const keeper = resolved.store === null ? new CookieKeeper(resolved) : new StoreKeeper(resolved);
  const own = { ...resolved, seals: new Seals(resolved.keys) };
  let toldAt = Number.NEGATIVE_INFINITY;
  return async function session(context, next) {
    let found: Found;
    try {
      found = await keeper.find(context);
    } catch (error) {
      // An answer and not an error: a log of every request would be full of it while the store is gone.
      const now = resolved.clock.now();
      if (now - toldAt >= toldEveryMs) resolved.log.error(sessionErrors.SESSION_STORE_FAILED.message, { error });
      if (now - toldAt >= toldEveryMs) toldAt = now;
      answerWithoutStore(context);
      return;
    }
    await run(keeper, own, context, next, found);
  };
}

function answerWithoutStore(context: HttpContext): void {
  const { response } = context;
  context.set(refusalKey, { code: 'SESSION_STORE_FAILED', rule: 'session' });
  response.status = 503;
  response.headers.set('Retry-After', '1');
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = 'Service Unavailable\n';
}

/** Finds and keeps sessions. */
interface Keeper {
  /** The session that the request names, and the name; `null` if there is none or it has ended. */
  find(context: HttpContext): Promise<Found> | Found;
  keep(
    context: HttpContext,
    session: LiveSession,
    found: Found,
    record: SessionRecord,
    leftMs: number,
  ): Promise<void> | void;
  end(context: HttpContext, found: Found): Promise<void> | void;
}

interface Found {
  readonly record: SessionRecord | null;
  /** The value of the cookie, if there was one. */
  readonly value: string | null;
  /** Whether it must be kept again although nothing has changed: it was sealed with an old key. */
  readonly isOld: boolean;
}

const nothing: Found = { record: null, value: null, isOld: false };

async function run(
  keeper: Keeper,
  options: ResolvedSession & { readonly seals: Seals },
  context: HttpContext,
  next: Handler<HttpContext>,
  found: Found,
): Promise<void> {
  const { clock, idleMs, maxAgeMs, seals } = options;
  const now = clock.now();
  const isOver =
    found.record !== null && (now - found.record.usedAt >= idleMs || now - found.record.createdAt >= maxAgeMs);
  const live = new LiveSession(isOver ? null : found.record, now, seals);
  context.set(sessionKey, live);
  try {
    await next(context);
  } catch (error) {
    await settle(keeper, options, context, live, found).catch(() => undefined); // what the handler threw says more
    throw error;
  }
  await settle(keeper, options, context, live, found);
}

/** Keeps what has changed, before the head is sent. */
async function settle(
  keeper: Keeper,
  { clock, idleMs, maxAgeMs }: ResolvedSession,
  context: HttpContext,
  live: LiveSession,
  found: Found,
): Promise<void> {
  if (live.isDestroyed || (live.isEmpty && !live.isNew)) {
    if (found.value !== null) await keeper.end(context, found);
    return;
  }
  if (live.isEmpty) return;
  const now = clock.now();
  const isStale = now - live.usedAt >= idleMs / 10; // rolling, without keeping it for each request
  if (!live.isChanged && !isStale && !found.isOld) return;
  const leftMs = Math.min(idleMs, live.createdAt + maxAgeMs - now);
  if (leftMs > 0) await keeper.keep(context, live, found, live.toRecord(now), leftMs);
}

/** Sessions in the cookie. */
class CookieKeeper implements Keeper {
  private readonly sealer: Sealer;
  private readonly jar: SessionCookieJar;

  constructor({ keys, cookie }: ResolvedSession) {
    this.sealer = new Sealer(keys, `session ${cookie.name}`);
    this.jar = new SessionCookieJar(cookie);
  }

  find(context: HttpContext): Found {
    const value = this.jar.read(context);
    const opened = value === null ? null : this.sealer.open(value);
    if (opened === null) return { ...nothing, value };
    return { record: JSON.parse(opened.text) as SessionRecord, value, isOld: !opened.isCurrent };
  }

  keep(context: HttpContext, _session: LiveSession, _found: Found, record: SessionRecord, leftMs: number): void {
    const value = this.sealer.seal(toText(record));
    if (value.length > this.jar.maxValueLength) throw sessionError('SESSION_TOO_LARGE', `${value.length} characters`);
    this.jar.write(context, value, leftMs);
  }

  end(context: HttpContext): void {
    this.jar.write(context, null, 0);
  }
}

/** Sessions in a store, under the hash of a random name that the cookie holds. A name that the store does not know is never taken over. */
class StoreKeeper implements Keeper {
  private readonly options: ResolvedSession;
  private readonly sealer: Sealer;
  private readonly jar: SessionCookieJar;

  constructor(options: ResolvedSession) {
    this.options = options;
    this.sealer = new Sealer(options.keys, `session id ${options.cookie.name}`);
    this.jar = new SessionCookieJar(options.cookie);
  }

  async find(context: HttpContext): Promise<Found> {
    const value = this.jar.read(context);
    const opened = value === null ? null : this.sealer.open(value); // so that a forged name does not even ask the store
    if (opened === null) return { ...nothing, value };
    const record = await this.ask((store) => store.read(keyOf(opened.text)));
    return { record, value, isOld: !opened.isCurrent };
  }

  async keep(
    context: HttpContext,
    live: LiveSession,
    found: Found,
    record: SessionRecord,
    leftMs: number,
  ): Promise<void> {
    const old = live.isNew || found.value === null ? null : this.sealer.open(found.value)!.text;
    const id = old === null || live.isRegenerated ? randomBytes(idBytes).toString('base64url') : old;
    toText(record); // what JSON cannot keep is told here, whatever the store does
    await this.ask((store) => store.save(keyOf(id), record, leftMs, id !== old));
    if (old !== null && id !== old) await this.ask((store) => store.destroy(keyOf(old)));
    if (id !== old || found.isOld || this.options.cookie.persistent)
      this.jar.write(context, this.sealer.seal(id), leftMs);
  }

  async end(context: HttpContext, found: Found): Promise<void> {
    this.jar.write(context, null, 0);
    const opened = found.value === null ? null : this.sealer.open(found.value);
    if (opened !== null) await this.ask((store) => store.destroy(keyOf(opened.text)));
  }

  private async ask<T>(what: (store: NonNullable<ResolvedSession['store']>) => Promise<T>): Promise<T> {
    try {
      return await what(this.options.store!);
    } catch (error) {
      throw sessionError('SESSION_STORE_FAILED', '', error);
    }
  }
}

/** What the store knows a session by. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function toText(record: SessionRecord): string {
  try {
    return JSON.stringify(record);
  } catch (error) {
    throw sessionError('SESSION_DATA_INVALID', (error as Error).message, error);
  }
}
