import { after, type Handler, type HttpContext, HttpHeaders } from '@windhover/core';
import { type ContentRange, parseContentRange, resolveRanges } from '@windhover/http-semantics';
import { answerStored } from './answer-stored.ts';
import type { CacheMeta } from './cache-entry.ts';
import type { CacheSettings } from './cache-options.ts';
import { hitStatus } from './cache-status.ts';
import { isSelected, type PurgeSelector } from './cache-store.ts';
import { ContentRuns } from './content-runs.ts';
import { decideReuse } from './decide-reuse.ts';
import { decideStoring } from './decide-storing.ts';
import { KeptPart } from './kept-part.ts';
import { isFor, type Question } from './question.ts';
import { fieldOf } from './stored-fields.ts';

type Next = Handler<HttpContext>;

/** What is known of one content that was never stored whole. */
interface Parts {
  /** The description of the whole answer, from the newest part. */
  meta: CacheMeta;
  readonly etag: string;
  readonly length: number;
  readonly runs: ContentRuns;
}

/** A part of an answer on its way. */
interface Arriving {
  readonly meta: CacheMeta;
  readonly etag: string;
  readonly range: { readonly start: number; readonly end: number; readonly length: number };
}

/** Memory of one content besides its bytes. */
const overheadBytes = 1024;

/**
 * Parts (206) of contents that are too large for the store (RFC 9111 §3.3, §3.4). Only parts with the same strong validator are of one content. A range is
 * answered if all of it is known, and everything only if every byte is.
 */
export class StoredParts {
  private readonly settings: CacheSettings;
  /** By key, the least recently used first. */
  private readonly byKey = new Map<string, Parts[]>();
  private bytes = 0;
  private purges = 0;

  constructor(settings: CacheSettings) {
    this.settings = settings;
  }

  /** Whether parts of this answer are, or may come to be, stored. */
  concerns({ key, headers }: Question): boolean {
    return this.settings.maxPartsBytes > 0 && (this.byKey.has(key) || headers.has('range'));
  }

  /** Answers if everything that the client wants is known and fresh. Returns whether it did. */
  answer(context: HttpContext, question: Question): boolean {
    const { name, observer, clock } = this.settings;
    const parts = this.find(question);
    const nowMs = clock.now();
    if (parts === null || decideReuse(parts.meta, question.cacheControl, nowMs) !== 'fresh') return false;
    const { meta, length, runs } = parts;
    if (!runs.covers(0, length - 1) && !isKnownPart(question.headers, parts)) return false;
    const all = this.byKey.get(question.key)!;
    this.byKey.delete(question.key);
    this.byKey.set(question.key, all);
    const content = {
      length,
      openAll: () => runs.open(0, length - 1),
      openPart: (start: number, end: number) => runs.open(start, end),
      unused: () => undefined,
    };
    observer.count('hit');
    answerStored(context, meta, content, hitStatus(name, meta, nowMs), nowMs);
    return true;
  }

  /** Runs `next`, and keeps the part that comes of it. */
  watch(question: Question, next: Next): Next {
    return (context) => {
      const { headers, method } = context.request;
      const isPart = method === 'GET' && headers.has('range');
      // What stands behind may change the fields.
      const asked = { ...question, headers: HttpHeaders.fromFields(question.headers.fields.slice()) };
      const requestTimeMs = this.settings.clock.now();
      return after(next, context, (error) => {
        if (error !== undefined) return;
        this.forgetOthers(asked, context);
        if (isPart && context.response.status === 206) this.keep(asked, context, requestTimeMs);
      });
    };
  }

  purge(selector: PurgeSelector): void {
    this.purges += 1;
    for (const [key, all] of this.byKey) if (all.some(({ meta }) => isSelected(selector, meta))) this.remove(key);
  }

  private find(question: Question): Parts | null {
    return this.byKey.get(question.key)?.find(({ meta }) => isFor(question, meta)) ?? null;
  }

  /** The origin has another content now, or none. */
  private forgetOthers(question: Question, { response: { status, headers } }: HttpContext): void {
    const known = this.find(question);
    const isSame = headers.get('etag') === known?.etag || status >= 500 || status === 304 || status === 416;
    if (known !== null && !isSame) this.remove(question.key);
  }

  private keep(question: Question, context: HttpContext, requestTimeMs: number): void {
    const { response } = context;
    const arriving = this.read(question, context, requestTimeMs);
    if (arriving === null) return;
    const { purges } = this;
    const { start, end } = arriving.range;
    const { declaredLength } = response;
    const { budget, storing, maxPartsBytes } = this.settings;
    const limit = Math.min(end + 1 - start, storing.maxObjectBytes, maxPartsBytes - overheadBytes);
    const body = response.takeBody();
    response.body = new KeptPart(
      typeof body === 'string' ? new TextEncoder().encode(body) : body,
      limit,
      budget,
      (bytes) => {
        if (this.purges === purges) this.add(question, arriving, bytes);
      },
    );
    response.declaredLength = declaredLength;
  }

  /** What a part says about the whole answer; `null` if it may not be kept. */
  private read(question: Question, { request, response }: HttpContext, requestTimeMs: number): Arriving | null {
    const { headers, declaredLength } = response;
    const range = parseContentRange(headers.get('content-range') ?? '');
    const etag = headers.get('etag');
    if (range === null || !isWhole(range) || etag === undefined || !/^"[^"]*"$/.test(etag)) return null;
    if (declaredLength !== null && declaredLength !== range.end + 1 - range.start) return null;
    const fields = new HttpHeaders();
    for (const [name, value] of headers) if (!/^content-(?:range|length)$/i.test(name)) fields.append(name, value);
    const { method, path } = request;
    const { accepted, cacheControl } = question;
    const facts = {
      status: 200,
      headers: fields,
      length: null,
      requestTimeMs,
      responseTimeMs: this.settings.clock.now(),
    };
    const asked = { method, path, headers: question.headers, accepted, cacheControl };
    const { meta } = decideStoring(question, asked, facts, this.settings.storing);
    return meta === null || meta.noCache ? null : { meta, etag, range };
  }

  private add(question: Question, { meta, etag, range }: Arriving, bytes: Uint8Array): void {
    const { key } = question;
    const all = this.byKey.get(key) ?? [];
    let parts = all.find((each) => isFor(question, each.meta));
    if (parts !== undefined && (parts.etag !== etag || parts.length !== range.length)) {
      if (parts.meta.storedAtMs > meta.storedAtMs) return; // a slow part of a content that has been replaced
      this.remove(key);
      this.add(question, { meta, etag, range }, bytes);
      return;
    }
    if (parts === undefined) {
      parts = { meta, etag, length: range.length, runs: new ContentRuns() };
      all.push(parts);
      this.bytes += overheadBytes;
    }
    if (meta.storedAtMs >= parts.meta.storedAtMs) parts.meta = meta;
    this.bytes += parts.runs.add(range.start, bytes);
    this.byKey.delete(key);
    this.byKey.set(key, all);
    for (const oldest of this.byKey.keys()) {
      if (this.bytes <= this.settings.maxPartsBytes) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    for (const { runs } of this.byKey.get(key) ?? []) this.bytes -= runs.bytes + overheadBytes;
    this.byKey.delete(key);
  }
}

function isWhole(range: ContentRange): range is Arriving['range'] {
  return range.start !== undefined && range.length !== null;
}

/** Whether a request is for one range whose bytes are all known. An `If-Range` with another validator asks for everything. */
function isKnownPart(headers: HttpHeaders, { meta, length, runs }: Parts): boolean {
  const ifRange = headers.get('if-range');
  if (ifRange !== undefined && ifRange !== fieldOf(meta.fields, 'etag')) return false;
  const resolved = resolveRanges(headers.get('range'), length);
  if (resolved.kind !== 'ranges' || resolved.ranges.length !== 1) return false;
  const { start, end } = resolved.ranges[0]!;
  return runs.covers(start, end);
}
