import { describe, expect, it } from 'vitest';
import type { ConnectionInfo } from './channel.ts';
import { contextKey } from './context-key.ts';
import { type ClientIdentity, HttpContext } from './http-context.ts';
import type { HeaderInit } from './http-headers.ts';
import { HttpRequest } from './http-request.ts';
import type { Outcome } from './outcome.ts';

const connection: ConnectionInfo = {
  id: 1,
  transport: 'tcp',
  remoteAddress: '192.0.2.7',
  remotePort: 50_000,
  localAddress: '192.0.2.1',
  localPort: 80,
  tls: null,
};

const outcome: Outcome = { status: 200, bytesSent: 0, startedAt: 1, headAt: 2, endedAt: 3, end: 'complete' };

const make = (inform: (status: number, headers: HeaderInit) => void = () => undefined): HttpContext => {
  const facts = { method: 'GET', target: '/', httpVersion: '1.1', scheme: 'http', headers: [], upgrade: null } as const;
  const request = new HttpRequest({ ...facts, headers: [], host: 'example.com:8080', body: null });
  return new HttpContext(request, connection, { inform });
};

const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('HttpContext.onHead()', () => {
  it('runs listeners in reverse order: who wraps most speaks last', () => {
    const context = make();
    const order: string[] = [];
    for (const name of ['outer', 'middle', 'inner']) {
      context.onHead((response) => {
        response.headers.set('x-last', name);
        order.push(name);
      });
    }
    context.emitHead();
    expect(order).toEqual(['inner', 'middle', 'outer']);
    expect(context.response.headers.get('x-last')).toBe('outer');
  });

  it('runs them once', () => {
    const context = make();
    let calls = 0;
    context.onHead(() => {
      calls += 1;
    });
    context.emitHead();
    context.emitHead();
    expect(calls).toBe(1);
  });
});

describe('HttpContext.emitHead()', () => {
  it('runs the others when one throws, and throws that afterwards', () => {
    const context = make();
    const seen: string[] = [];
    context.onHead(() => seen.push('outer'));
    context.onHead(() => {
      throw new Error('first');
    });
    context.onHead(() => {
      throw undefined;
    });
    context.onHead(() => seen.push('inner'));
    let thrown: unknown = 'nothing';
    try {
      context.emitHead();
    } catch (error) {
      thrown = error;
    }
    expect([thrown, seen]).toEqual([undefined, ['inner', 'outer']]);
  });
});

describe('HttpContext.onSent()', () => {
  it('runs a listener at once when the exchange is over already, so that what was taken late is given back', () => {
    const context = make();
    context.emitSent(outcome, () => undefined);
    const heard: Outcome[] = [];
    context.onSent((late) => heard.push(late));
    expect(heard).toEqual([outcome]);
  });

  it('runs every listener once, in order', () => {
    const context = make();
    const seen: unknown[] = [];
    expect(context.hasSentListeners).toBe(false);
    context.onSent((each) => seen.push('a', each));
    context.onSent((each) => seen.push('b', each));
    expect(context.hasSentListeners).toBe(true);
    for (let round = 0; round < 2; round++) context.emitSent(outcome, () => undefined);
    expect(seen).toEqual(['a', outcome, 'b', outcome]);
  });

  it('runs the others when one throws', () => {
    const context = make();
    const failure = new Error('no');
    const seen: unknown[] = [];
    context.onSent(() => {
      throw failure;
    });
    context.onSent(() => seen.push('second'));
    context.emitSent(outcome, (error) => seen.push(error));
    expect(seen).toEqual([failure, 'second']);
  });

  it('hears of one that fails later', async () => {
    const context = make();
    const failure = new Error('no');
    const seen: unknown[] = [];
    context.onSent(async () => {
      throw failure;
    });
    context.emitSent(outcome, (error) => seen.push(error));
    await Promise.resolve();
    expect(seen).toEqual([failure]);
  });
});

describe('HttpContext.signal', () => {
  it('is the same one for everybody and aborts with the first reason', () => {
    const context = make();
    const { signal } = context;
    expect([context.signal === signal, signal.aborted]).toEqual([true, false]);
    const reason = new Error('the client left');
    context.abort(reason);
    context.abort(new Error('later'));
    expect([signal.aborted, signal.reason]).toEqual([true, reason]);
  });

  it('is aborted at once when it is first used after the abort', () => {
    const context = make();
    const reason = new Error('the client left');
    context.abort(reason);
    expect([context.signal.aborted, context.signal.reason]).toEqual([true, reason]);
  });
});

describe('HttpContext.onAbort()', () => {
  it('tells the others too when a listener throws, for an engine that takes the failure', () => {
    const context = make();
    const failure = new Error('a bug');
    const seen: unknown[] = [];
    context.onAbort(() => {
      throw failure;
    });
    context.onAbort(() => seen.push('second'));
    context.abort(new Error('the client left'), (error) => seen.push(error));
    expect(seen).toEqual([failure, 'second']);
  });

  it('tells every listener the reason, once', () => {
    const context = make();
    const reason = new Error('the client left');
    const seen: unknown[] = [];
    context.onAbort((each) => seen.push('a', each));
    context.onAbort((each) => seen.push('b', each));
    context.abort(reason);
    context.abort(new Error('later'));
    expect(seen).toEqual(['a', reason, 'b', reason]);
  });

  it('tells at once when the exchange has ended already', () => {
    const context = make();
    const reason = new Error('the client left');
    context.abort(reason);
    const seen: unknown[] = [];
    context.onAbort((each) => seen.push(each));
    expect(seen).toEqual([reason]);
  });
});

describe('HttpContext.inform()', () => {
  it.each([100, 102, 103, 104, 199])('sends %d now', (status) => {
    const sent: unknown[] = [];
    make((...interim) => sent.push(interim)).inform(status, { link: '</a.css>' });
    expect(sent).toEqual([[status, { link: '</a.css>' }]]);
  });

  it.each([101, 99, 102.5, 200, 0, Number.NaN])('refuses %d', (status) => {
    expect(() => make().inform(status, {})).toThrow(withCode('CORE_INFORM_INVALID'));
  });
});

describe('HttpContext.client', () => {
  it('is the connection until somebody knows better', () => {
    expect(make().client).toEqual({
      address: '192.0.2.7',
      port: 50_000,
      scheme: 'http',
      host: 'example.com',
      hostPort: 8080,
      source: 'connection',
    });
  });

  it('is set once', () => {
    const context = make();
    const identity: ClientIdentity = { ...context.client, address: '203.0.113.9', source: 'forwarded by 192.0.2.7' };
    context.setClient(identity);
    expect(context.client).toBe(identity);
    expect(() => context.setClient(identity)).toThrow(withCode('CORE_CLIENT_ALREADY_SET'));
  });
});

describe('contextKey()', () => {
  it('is interned by name: two packages need no shared import', () => {
    const context = make();
    expect(context.get(contextKey('auth.user'))).toBeUndefined();
    context.set(contextKey<string>('auth.user'), 'ada');
    expect(context.get(contextKey<string>('auth.user'))).toBe('ada');
    expect(contextKey('auth.user')).toBe(Symbol.for('windhover.auth.user'));
  });

  it.each(['__proto__', 'constructor'])('may be called %s', (name) => {
    expect(make().get(contextKey(name))).toBeUndefined();
  });
});
