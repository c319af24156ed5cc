import type { HttpRequest, ReadBody } from '@windhover/core';
import { type ContentTags, contentTag } from './content-tags.ts';
import { type Answer, decideAnswer } from './decide-answer.ts';
import { staticError } from './errors.ts';
import { FileBody } from './file-body.ts';
import { type FileFacts, isSameVersion } from './file-facts.ts';
import type { OpenFile } from './file-source.ts';
import { joinParts, layOutParts, type Multipart, MultipartBody } from './multipart.ts';
import { readUpTo } from './read-up-to.ts';
import { fileValidators, noValidators, type Validators } from './validators.ts';

/** Up to this size a file is read at once, which is cheaper than a streamed body. */
const maxBytesAtOnce = 64 * 1024;
/** A program that writes all the time must not block a request for ever. */
const maxAttempts = 2;

/** The part of a file to send. All of it comes from one version of the file. */
export interface FileAnswer {
  readonly answer: Answer;
  /** The size of the whole file. */
  readonly size: number;
  readonly validators: Validators;
  /** `null`: no body. A `ReadBody` closes the file. */
  readonly body: Uint8Array | ReadBody | null;
  /** The layout of several parts. */
  readonly multipart: Multipart | null;
}

type Request = Pick<HttpRequest, 'method' | 'headers'>;
/** An open file, and the facts that the answer is decided by. */
interface Version {
  readonly file: OpenFile;
  readonly facts: FileFacts;
  /** The content type, which several parts name in each of their heads. */
  readonly type: string;
}

/**
 * Decides how to answer with an open file, and reads small parts at once. If the file is overwritten meanwhile, it
 * decides again; if that happens again and again, the file is sent without validators, so that no content goes out
 * under validators that are not its own.
 */
export async function answerFile(
  request: Request,
  file: OpenFile,
  tags: ContentTags,
  type = 'application/octet-stream',
): Promise<FileAnswer> {
  let current: Version = { file, facts: file.facts, type };
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const isSmall = current.facts.size <= Math.min(maxBytesAtOnce, tags.maxBytes);
    const answer = await (isSmall ? answerContent : answerVersion)(request, current, tags);
    if (answer !== null) return answer;
    current = { file, facts: await file.look(), type };
  }
  return answerUnvouched(request, current);
}

/** The part of a file that an answer sends; for several parts, the length of their message. */
export function partOf({ answer, size, multipart }: Omit<FileAnswer, 'body' | 'validators'>): {
  start: number;
  length: number;
} {
  if (multipart !== null) return { start: 0, length: multipart.length };
  if (answer.kind === 'whole') return { start: 0, length: size };
  if (answer.kind === 'part') return { start: answer.range.start, length: answer.range.end - answer.range.start + 1 };
  return { start: 0, length: 0 };
}

/**
 * Reads a small file completely and uses the hash of exactly these bytes as its tag, which is cheaper than checking its
 * times again.
 */
async function answerContent(request: Request, version: Version, tags: ContentTags): Promise<FileAnswer | null> {
  const { file, facts } = version;
  const { size } = facts;
  const nowMs = Date.now();
  const known = await tags.known(facts);
  if (known !== undefined) {
    const decided = decide(request, version, fileValidators(facts, known, nowMs), nowMs);
    if (!sendsBytes(request, decided)) return decided;
  }
  const content = await readUpTo(file, new Uint8Array(size), 0);
  const tag = contentTag(content);
  if (tag !== known) {
    if (content.byteLength < size || !isSameVersion(await file.look(), facts)) return null;
    tags.remember(facts, tag, nowMs);
  }
  const decided = decide(request, version, fileValidators(facts, tag, nowMs), nowMs);
  if (!sendsBytes(request, decided)) return decided;
  if (decided.multipart !== null) return { ...decided, body: joinParts(decided.multipart, content) };
  const { start, length } = partOf(decided);
  return { ...decided, body: content.subarray(start, start + length) };
}

/**
 * For a large file the hash is known or computed first. After its bytes are read, a check shows whether it was changed
 * meanwhile.
 */
async function answerVersion(request: Request, version: Version, tags: ContentTags): Promise<FileAnswer | null> {
  const { file, facts } = version;
  const nowMs = Date.now();
  const tag = await tags.find(file, facts, nowMs);
  if (tag === undefined) return null;
  const decided = decide(request, version, fileValidators(facts, tag, nowMs), nowMs);
  if (!sendsBytes(request, decided)) return decided;
  const isUnchanged = (): Promise<boolean> => tags.isUnchanged(file, facts, tag, nowMs);
  if (decided.multipart !== null) return { ...decided, body: new MultipartBody(file, decided.multipart, isUnchanged) };
  const { start, length } = partOf(decided);
  if (length > maxBytesAtOnce) return { ...decided, body: new FileBody(file, start, length, isUnchanged) };
  const bytes = await readUpTo(file, new Uint8Array(length), start);
  return bytes.byteLength === length && (await isUnchanged()) ? { ...decided, body: bytes } : null;
}

/** Without validators only the condition `*` can match, and no client takes the body for that of another answer. */
async function answerUnvouched(request: Request, version: Version): Promise<FileAnswer> {
  const { file } = version;
  const decided = decide(request, version, noValidators, Date.now());
  if (!sendsBytes(request, decided)) return decided;
  if (decided.multipart !== null) return { ...decided, body: new MultipartBody(file, decided.multipart, null) };
  const { start, length } = partOf(decided);
  if (length > maxBytesAtOnce) return { ...decided, body: new FileBody(file, start, length, null) };
  const body = await readUpTo(file, new Uint8Array(length), start);
  if (body.byteLength < length) throw staticError('STATIC_READ_FAILED', `it ended at byte ${start + body.byteLength}`);
  return { ...decided, body };
}

function decide(request: Request, version: Version, validators: Validators, nowMs: number): FileAnswer {
  const { size } = version.facts;
  const answer = decideAnswer(request, { size, validators }, nowMs);
  const multipart = answer.kind === 'parts' ? layOutParts(answer.ranges, size, version.type) : null;
  return { answer, size, validators, body: null, multipart };
}

function sendsBytes({ method }: Request, { answer }: FileAnswer): boolean {
  return method !== 'HEAD' && (answer.kind === 'whole' || answer.kind === 'part' || answer.kind === 'parts');
}
