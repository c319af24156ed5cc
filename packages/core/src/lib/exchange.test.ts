import { describe, expect, it } from 'vitest';
import { ManualBody } from './body-fixtures.ts';
import { PlainExchange } from './exchange-fixtures.ts';
import { HttpError } from './http-error.ts';
import type { Outcome } from './outcome.ts';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const late = new HttpError(504, 'TEST_DEADLINE', 'Too late', { expose: true });

/** A promise that never settles before it is told to. */
function gate(): { readonly opened: Promise<void>; open(): void; fail(error: Error): void } {
  let open!: () => void;
  let fail!: (error: Error) => void;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}

describe('Exchange.run()', () => {
  it('answers at once when the handler is synchronous', () => {
    const exchange = new PlainExchange();
    exchange.run(({ response }) => {
      response.body = 'now';
    });
    expect(exchange.said).toEqual(['200 now']);
  });

  it('answers when the promise of the handler has settled', async () => {
    const exchange = new PlainExchange();
    exchange.run(async ({ response }) => {
      await turn();
      response.body = 'later';
    });
    expect(exchange.said).toEqual([]);
    await expect.poll(() => exchange.said).toEqual(['200 later']);
  });

  it.each([
    ['404 for nobody', () => undefined, '404 Not Found'],
    [
      'what an HttpError says',
      () => {
        throw new HttpError(403, 'TEST', 'No');
      },
      '403 No',
    ],
    [
      'a 500 that tells nothing of another error',
      () => {
        throw new Error('secret');
      },
      '500 Internal Server Error',
    ],
    ['the failure of a promise', () => Promise.reject(new HttpError(409, 'TEST', 'Twice')), '409 Twice'],
  ])('answers %s', async (_name, handler, said) => {
    const exchange = new PlainExchange();
    exchange.run(handler);
    await turn();
    expect(exchange.said).toEqual([said]);
  });

  it('answers an answer that cannot be sent with 500, and asks onHead once', () => {
    const exchange = new PlainExchange();
    exchange.refusal = new Error('no such status');
    let asked = 0;
    exchange.run((context) => {
      context.onHead(() => {
        asked += 1;
      });
      context.response.body = 'x';
    });
    expect([exchange.said, asked, exchange.end]).toEqual([['500 Internal Server Error'], 1, 'handler-failed']);
  });
});

describe('Exchange.onHead()', () => {
  it('runs listeners in reverse order, once: who wraps most speaks last', () => {
    const exchange = new PlainExchange();
    const { context } = exchange;
    const order: string[] = [];
    for (const name of ['outer', 'middle', 'inner']) {
      context.onHead((response) => {
        response.headers.set('x-last', name);
        order.push(name);
      });
    }
    exchange.run(() => undefined);
    expect(order).toEqual(['inner', 'middle', 'outer']);
    expect(context.response.headers.get('x-last')).toBe('outer');
  });

  it('runs the others when one throws, and answers what the first one threw', () => {
    const exchange = new PlainExchange();
    const seen: string[] = [];
    const { context } = exchange;
    context.onHead(() => seen.push('outer'));
    context.onHead(() => {
      throw new HttpError(400, 'TEST', 'second');
    });
    context.onHead(() => {
      throw new HttpError(400, 'TEST', 'first');
    });
    context.onHead(() => seen.push('inner'));
    exchange.run(() => undefined);
    expect([seen, exchange.said]).toEqual([['inner', 'outer'], ['400 first']]);
  });
});

describe('Exchange.onSent()', () => {
  const outcome = expect.objectContaining({ status: 404, end: 'complete' }) as Outcome;

  it('runs a listener at once when the exchange is over already, so that what was taken late is given back', () => {
    const exchange = new PlainExchange();
    exchange.run(() => undefined);
    const heard: Outcome[] = [];
    exchange.context.onSent((each) => heard.push(each));
    expect(heard).toEqual([outcome]);
  });

  it('runs every listener once, in order', () => {
    const exchange = new PlainExchange();
    const seen: unknown[] = [];
    expect(exchange.hasSentListeners).toBe(false);
    exchange.context.onSent((each) => seen.push('a', each));
    exchange.context.onSent((each) => seen.push('b', each));
    expect(exchange.hasSentListeners).toBe(true);
    exchange.run(() => undefined);
    exchange.over();
    expect(seen).toEqual(['a', outcome, 'b', outcome]);
  });

  it('runs the others when one throws, now or later, and logs it', async () => {
    const exchange = new PlainExchange();
    const [now, later] = [new Error('now'), new Error('later')];
    const seen: unknown[] = [];
    exchange.context.onSent(() => {
      throw now;
    });
    exchange.context.onSent(async () => {
      throw later;
    });
    exchange.context.onSent(() => seen.push('third'));
    exchange.run(() => undefined);
    await turn();
    expect(seen).toEqual(['third']);
    expect(exchange.logged).toEqual(['An onSent listener failed', now, 'An onSent listener failed', later]);
  });
});

describe('Exchange.abort() before the head', () => {
  it.each([
    ['an HttpError as it says', late, '504 Too late', 'complete'],
    ['any other error as 500', new Error('secret'), '500 Internal Server Error', 'handler-failed'],
  ])('answers %s, at once', (_name, reason, said, end) => {
    const exchange = new PlainExchange();
    exchange.run(() => gate().opened);
    exchange.context.abort(reason);
    exchange.context.abort(new Error('a second one'));
    expect(exchange.said).toEqual([said]);
    expect(exchange.outcome).toMatchObject({ status: Number(said.slice(0, 3)), end, error: reason });
  });

  it('asks onHead, so that error pages and security headers are there', () => {
    const exchange = new PlainExchange();
    exchange.run((context) => {
      context.onHead((response) => {
        response.body = `page of ${response.status}`;
      });
      return gate().opened;
    });
    exchange.context.abort(late);
    expect(exchange.said).toEqual(['504 page of 504']);
  });

  it('lets go of what the handler answers later, and of what it had answered', async () => {
    const exchange = new PlainExchange();
    const { opened, open } = gate();
    const [early, later] = [new ManualBody(), new ManualBody()];
    exchange.run(async ({ response }) => {
      response.body = early;
      await opened;
      response.status = 200;
      response.headers.set('x', '1');
      response.upgrade = () => undefined;
      response.body = later;
    });
    exchange.context.abort(late);
    expect(early.calls).toEqual(['cancel: The response body was replaced']);
    open();
    await turn();
    expect(later.calls).toEqual(['cancel: The response was sent before']);
    expect(exchange.said).toEqual(['504 Too late']);
  });

  it('is silent about a handler that fails later', async () => {
    const exchange = new PlainExchange();
    const { opened, fail } = gate();
    exchange.run(() => opened);
    exchange.context.abort(new HttpError(408, 'TEST', 'Too late'));
    fail(new Error('it was told to stop'));
    await turn();
    expect([exchange.said, exchange.logged]).toEqual([['408 Too late'], []]);
  });

  it('counts when the handler itself calls it, and returns an answer', () => {
    const exchange = new PlainExchange();
    exchange.run((context) => {
      context.abort(late);
      context.response.body = 'answered';
    });
    expect(exchange.said).toEqual(['504 Too late']);
  });

  it('counts when an onHead listener calls it', () => {
    const exchange = new PlainExchange();
    exchange.run((context) => {
      context.onHead(() => context.abort(late));
      context.response.body = 'answered';
    });
    expect(exchange.said).toEqual(['504 Too late']);
  });

  it('tells signal and onAbort, once, and late ones at once', () => {
    const exchange = new PlainExchange();
    const { context } = exchange;
    const { signal } = context;
    const seen: unknown[] = [];
    context.onAbort((reason) => seen.push('a', reason));
    context.onAbort((reason) => seen.push('b', reason));
    context.abort(late);
    context.onAbort((reason) => seen.push('c', reason));
    expect(seen).toEqual(['a', late, 'b', late, 'c', late]);
    expect([context.signal === signal, signal.aborted, signal.reason]).toEqual([true, true, late]);
  });

  it('aborts a signal that is first asked for afterwards', () => {
    const { context } = new PlainExchange();
    context.abort(late);
    expect([context.signal.aborted, context.signal.reason]).toEqual([true, late]);
  });

  it('tells the others too when a listener throws, and logs it', () => {
    const exchange = new PlainExchange();
    const failure = new Error('a bug');
    const seen: unknown[] = [];
    exchange.context.onAbort(() => {
      throw failure;
    });
    exchange.context.onAbort(() => seen.push('second'));
    exchange.context.abort(new HttpError(408, 'TEST', 'Too late'));
    expect([seen, exchange.logged]).toEqual([['second'], ['An onAbort listener failed', failure]]);
  });
});

describe('Exchange.abort() later', () => {
  it('cuts the message after the head', () => {
    const exchange = new PlainExchange();
    exchange.run(({ response }) => {
      response.body = new ManualBody();
    });
    exchange.context.abort(late);
    expect(exchange.said).toEqual(['200 object', 'cut: Too late']);
    expect(exchange.context.signal.aborted).toBe(true);
  });

  it('does nothing after the end', () => {
    const exchange = new PlainExchange();
    exchange.run(({ response }) => {
      response.body = 'x';
    });
    exchange.context.abort(late);
    expect([exchange.said, exchange.context.signal.aborted]).toEqual([['200 x'], false]);
  });
});
