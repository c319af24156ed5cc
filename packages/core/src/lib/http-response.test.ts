import { describe, expect, it } from 'vitest';
import { ManualBody } from './body-fixtures.ts';
import { HttpResponse } from './http-response.ts';

describe('HttpResponse', () => {
  it('is unanswered at first', () => {
    const response = new HttpResponse();
    expect(response.isAnswered).toBe(false);
    expect([response.status, response.body, response.declaredLength, response.hasHeaders]).toEqual([
      404,
      null,
      null,
      false,
    ]);
  });

  it.each<[string, Partial<HttpResponse>, number]>([
    ['a body', { body: 'a' }, 200],
    ['an upgrade', { upgrade: () => undefined }, 101],
    ['a status', { status: 204 }, 204],
    ['a status and a body', { status: 500, body: 'a' }, 500],
  ])('is answered by %s', (_name, answer, status) => {
    const response = Object.assign(new HttpResponse(), answer);
    expect([response.isAnswered, response.status]).toEqual([true, status]);
  });

  it('keeps the status of an answer whose body is taken out', () => {
    const response = Object.assign(new HttpResponse(), { body: 'a' });
    response.takeBody();
    expect([response.isAnswered, response.status]).toEqual([true, 200]);
    const empty = new HttpResponse();
    empty.takeBody();
    expect([empty.isAnswered, empty.status]).toEqual([false, 404]);
  });

  it('forgets the declared length with the body that had it, so that a body can be wrapped', () => {
    const response = new HttpResponse();
    response.body = 'four';
    response.declaredLength = 4;
    response.body = `<${response.takeBody() as string}>`;
    expect(response.declaredLength).toBeNull();
  });

  it('lets go of a body that is replaced, once', () => {
    const response = new HttpResponse();
    const body = new ManualBody();
    response.body = body;
    response.body = body;
    expect(body.calls).toEqual([]);
    response.body = 'other';
    response.body = null;
    expect(body.calls).toEqual(['cancel: The response body was replaced']);
  });

  it('moves a body out without letting go of it', () => {
    const response = new HttpResponse();
    const body = new ManualBody();
    response.body = body;
    expect(response.takeBody()).toBe(body);
    expect(response.body).toBeNull();
    response.body = 'wrapped';
    expect(body.calls).toEqual([]);
  });

  it('is unanswered again after reset()', () => {
    const response = new HttpResponse();
    const body = new ManualBody();
    response.status = 200;
    response.headers.set('x', '1');
    response.declaredLength = 5;
    response.trailers = () => ({});
    response.upgrade = () => undefined;
    response.closeConnection = true;
    response.body = body;
    response.reset();
    expect(body.calls).toHaveLength(1);
    expect(response).toMatchObject({ status: 404, declaredLength: null, trailers: null, upgrade: null, body: null });
    expect([response.closeConnection, response.isAnswered]).toEqual([false, false]);
    expect(response.headers.size).toBe(0);
  });
});
