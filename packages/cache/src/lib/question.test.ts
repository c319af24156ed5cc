import { HttpRequest, RequestBody, toPushBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { isBypassed } from './question.ts';

describe('isBypassed()', () => {
  const request = (body: RequestBody): HttpRequest =>
    new HttpRequest({
      method: 'GET',
      target: '/',
      httpVersion: '2.0',
      scheme: 'https',
      headers: [],
      host: 'a',
      body,
      upgrade: null,
    });

  async function* content(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('evil');
  }

  it('lets a GET with content pass, also where no field tells of it, as in HTTP/2', () => {
    expect(isBypassed(request(new RequestBody(toPushBody(content()))), { answersHead: true })).toBe(true);
    expect(isBypassed(request(new RequestBody(toPushBody('evil'))), { answersHead: true })).toBe(true);
    expect(isBypassed(request(new RequestBody(null)), { answersHead: true })).toBe(false);
  });
});
