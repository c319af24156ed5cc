import { describe, expect, it } from 'vitest';
import { ManualBody } from './body-fixtures.ts';
import { HttpResponse } from './http-response.ts';

describe('HttpResponse', () => {
  it('is unanswered at first', () => {
    const response = new HttpResponse();
    expect([response.status, response.body, response.declaredLength, response.hasHeaders]).toEqual([
      0,
      null,
      null,
      false,
    ]);
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
    expect(response).toMatchObject({ status: 0, declaredLength: null, trailers: null, upgrade: null, body: null });
    expect(response.closeConnection).toBe(false);
    expect(response.headers.size).toBe(0);
  });
});
