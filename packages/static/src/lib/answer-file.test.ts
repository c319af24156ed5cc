import { createHash } from 'node:crypto';
import { HttpHeaders, type ReadBody } from '@windhover/core';
import { collectBody } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { answerFile, type FileAnswer } from './answer-file.ts';
import { ContentTags } from './content-tags.ts';
import { FakeFile } from './file-fixtures.ts';
import { fileValidators } from './validators.ts';

const kinds = [
  ['a small file', 30],
  ['a large file', 100_000],
] as const;
const oneMiB = 1024 * 1024;

const fill = (letter: string, size: number): Buffer => Buffer.alloc(size, letter);
const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('base64url').slice(0, 22);
const etagOf = (content: Uint8Array): string => `"${hashOf(content)}"`;

interface Question {
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly tags?: ContentTags;
}

const ask = (file: FakeFile, { headers = {}, method = 'GET', tags = new ContentTags(oneMiB) }: Question = {}) =>
  answerFile({ method, headers: new HttpHeaders(headers) }, file.opened, tags);

const bodyOf = async ({ body }: FileAnswer): Promise<Buffer> => Buffer.from(await collectBody(body));

/** Tags that know this version of the file. */
async function tagsOf(file: FakeFile): Promise<ContentTags> {
  const tags = new ContentTags(oneMiB);
  await ask(file, { method: 'HEAD', tags });
  file.reads = 0;
  return tags;
}

describe('answerFile(): a file that is overwritten in place', () => {
  it.each(kinds)('between the look at %s and the reading goes out under the new tag', async (_name, size) => {
    const [one, two] = [fill('1', size), fill('2', size)];
    const file = new FakeFile(one);
    const tags = await tagsOf(file);
    const { opened } = file;
    file.write(two);
    const answer = await answerFile({ method: 'GET', headers: new HttpHeaders() }, opened, tags);
    const outcome = await bodyOf(answer).then(
      (body) => [answer.validators.etag, body.equals(two)],
      (error: { code?: string }) => error.code,
    );
    // The stream of a large one has begun under the old tag, and never ends.
    expect(outcome).toEqual(size > 65_536 ? 'STATIC_FILE_CHANGED' : [etagOf(two), true]);
  });

  it.each(kinds)('while %s is hashed goes out under its own tag', async (_name, size) => {
    const [one, two] = [fill('1', size), fill('2', size)];
    const file = new FakeFile(one);
    file.afterRead = (count) => count === 1 && file.write(two);
    const answer = await ask(file);
    expect(answer.validators.etag).toBe(etagOf(two));
    expect((await bodyOf(answer)).equals(two)).toBe(true);
  });

  it.each(kinds)('while %s is hashed is not known by the wrong tag afterwards', async (_name, size) => {
    const [one, two] = [fill('1', size), fill('2', size)];
    const file = new FakeFile(one);
    const tags = new ContentTags(oneMiB);
    file.afterRead = () => file.write(file.reads % 2 === 0 ? one : two);
    await ask(file, { tags, method: 'HEAD' });
    file.afterRead = () => undefined;
    file.write(one);
    expect((await ask(file, { tags })).validators.etag).toBe(etagOf(one));
  });

  it.each(kinds)('all the time goes out without validators: %s', async (_name, size) => {
    const file = new FakeFile(fill('0', size));
    file.afterRead = (count) => file.write(fill(String(count % 10), size));
    const answer = await ask(file, { headers: { Range: 'bytes=0-9', 'If-Range': etagOf(fill('0', size)) } });
    expect(answer).toMatchObject({
      answer: { kind: 'whole' },
      validators: { etag: undefined, lastModified: undefined },
    });
    expect(await bodyOf(answer)).toHaveLength(size);
  });

  it.each(kinds)('between the look at %s and a part of it is decided about again', async (_name, size) => {
    const [one, two] = [fill('1', size), fill('2', size)];
    const file = new FakeFile(one);
    const tags = await tagsOf(file);
    file.afterRead = (count) => count === 1 && file.write(two);
    const half = await ask(file, { tags, headers: { Range: 'bytes=10-19' } });
    expect([half.answer.kind, half.validators.etag]).toEqual(['part', expect.stringMatching(/^"/)]);
    const content = [one, two].find((version) => etagOf(version) === half.validators.etag);
    expect((await bodyOf(half)).equals(content!.subarray(10, 20))).toBe(true);
  });

  it.each(kinds)('between the look at %s and a part that If-Range asks for is sent whole', async (_name, size) => {
    const [one, two] = [fill('1', size), fill('2', size)];
    const file = new FakeFile(one);
    const tags = await tagsOf(file);
    const { opened } = file;
    file.write(two);
    const headers = new HttpHeaders({ Range: 'bytes=10-19', 'If-Range': etagOf(one) });
    const answer = await answerFile({ method: 'GET', headers }, opened, tags);
    expect([answer.answer.kind, answer.validators.etag]).toEqual(['whole', etagOf(two)]);
    expect((await bodyOf(answer)).equals(two)).toBe(true);
  });

  it('and is shorter or longer then is sent as long as it is', async () => {
    for (const content of ['', 'short', 'somewhat longer than it was before']) {
      const file = new FakeFile('as it was before');
      const tags = await tagsOf(file);
      const { opened } = file;
      file.truncate(0);
      file.write(content);
      const answer = await answerFile({ method: 'GET', headers: new HttpHeaders() }, opened, tags);
      expect([answer.size, answer.validators.etag]).toEqual([content.length, etagOf(Buffer.from(content))]);
      expect((await bodyOf(answer)).toString()).toBe(content);
    }
  });

  it('within one step of its clock goes out under its own tag', async () => {
    const file = new FakeFile('one');
    file.makeYoung(Date.now());
    const { opened } = file;
    file.writeUnseen('two');
    const answer = await answerFile({ method: 'GET', headers: new HttpHeaders() }, opened, new ContentTags(oneMiB));
    expect([answer.validators.etag, await bodyOf(answer)]).toEqual([
      `W/${etagOf(Buffer.from('two'))}`,
      Buffer.from('two'),
    ]);
  });

  it('within one step of its clock is cut when it has been sent under the tag of the content before', async () => {
    const file = new FakeFile(fill('1', 100_000));
    file.makeYoung(Date.now());
    const answer = await ask(file);
    file.writeUnseen(fill('2', 100_000));
    await expect(bodyOf(answer)).rejects.toMatchObject({ code: 'STATIC_FILE_CHANGED' });
  });
});

describe('answerFile(): a large file while it is sent', () => {
  const size = 300_000;
  const send = async (change: (file: FakeFile) => void, question: Question = {}): Promise<Buffer> => {
    const file = new FakeFile(fill('1', size));
    const answer = await ask(file, question);
    const body = answer.body as ReadBody;
    const sent = Buffer.alloc(body.length);
    for (let position = 0; position < body.length; ) {
      if (position > 0) change(file);
      position += await body.read(sent.subarray(position, position + 65_536), position);
    }
    return sent;
  };
  const changed = { code: 'STATIC_FILE_CHANGED' };

  it('is never ended when it is another, whole or in part', async () => {
    const overwrite = (file: FakeFile): void => file.write(fill('2', size));
    await expect(send(overwrite)).rejects.toMatchObject(changed);
    await expect(send(overwrite, { headers: { Range: 'bytes=7-199999' } })).rejects.toMatchObject(changed);
    await expect(send(overwrite, { tags: new ContentTags(10) })).rejects.toMatchObject(changed);
  });

  it('is ended when it has only grown, or has another mode', async () => {
    expect((await send((file) => file.write('more', size))).equals(fill('1', size))).toBe(true);
    expect((await send((file) => file.touch())).equals(fill('1', size))).toBe(true);
  });

  it('is not looked at again by who has no tag that promises anything', async () => {
    const file = new FakeFile(fill('1', size));
    file.makeYoung(Date.now());
    const answer = await ask(file, { tags: new ContentTags(10) });
    file.write(fill('2', size));
    expect(answer.validators.etag).toMatch(/^W\//);
    expect(await bodyOf(answer)).toHaveLength(size);
  });
});

describe('answerFile()', () => {
  it.each(kinds)('reads nothing of %s that is known for a HEAD or a 304', async (_name, size) => {
    const file = new FakeFile(fill('1', size));
    const tags = await tagsOf(file);
    const etag = fileValidators(file.facts(), hashOf(fill('1', size)), Date.now()).etag;
    const head = await ask(file, { tags, method: 'HEAD' });
    const again = await ask(file, { tags, headers: { 'If-None-Match': etag } });
    expect([head.answer.kind, again.answer.kind, file.reads]).toEqual(['whole', 'not-modified', 0]);
  });

  it('reads a small file once, known or not', async () => {
    const file = new FakeFile('content');
    const tags = new ContentTags(oneMiB);
    await ask(file, { tags });
    await ask(file, { tags, headers: { Range: 'bytes=2-3' } });
    expect(file.reads).toBe(2);
  });

  it('fails when the file ends before what was announced, however often it looks', async () => {
    const file = new FakeFile(fill('1', 1000));
    const facts = { id: '1:2', size: 1000, mtimeNs: 0n, ctimeNs: 0n };
    file.look = () => Promise.resolve(facts);
    const { opened } = file;
    file.truncate(10);
    await expect(
      answerFile({ method: 'GET', headers: new HttpHeaders() }, { ...opened, facts }, new ContentTags(oneMiB)),
    ).rejects.toMatchObject({ code: 'STATIC_READ_FAILED' });
  });
});
