import { describe, expect, it } from 'vitest';
import { ManualBody } from './body-fixtures.ts';
import { contextKey } from './context-key.ts';
import { disposeBody } from './dispose-body.ts';
import { makeRequest, PlainExchange } from './exchange-fixtures.ts';
import type { HttpContext } from './http-context.ts';
import { HttpError } from './http-error.ts';
import type { Outcome } from './outcome.ts';
import { RequestBody } from './request-body.ts';
import { toPushBody } from './to-push-body.ts';

const colour = contextKey<string>('test.colour');
const quiet = { write: () => true, end: () => undefined, fail: () => undefined };

describe('HttpContext.fork()', () => {
  it('runs the handler with the same request: path, client, route and values, from then on its own', async () => {
    const { context } = new PlainExchange(makeRequest('/a?b'));
    context.request.rewrite('/c?d');
    context.route = '/:x';
    context.site = 'shop';
    context.set(colour, 'red');
    context.setClient({ ...context.client, address: '203.0.113.9' });
    const fork = await context.fork((own) => {
      expect([own.request.url, own.request.host, own.request.port]).toEqual(['/c?d', 'example.com', 8080]);
      expect([own.site, own.route, own.get(colour), own.client.address]).toEqual(['shop', '/:x', 'red', '203.0.113.9']);
      expect([own.request.target, [...own.request.headers]]).toEqual(['/a?b', [['A', '1']]]);
      own.request.rewrite('/e');
      own.request.headers.set('a', '2');
      own.set(colour, 'blue');
      own.response.body = 'x';
    });
    expect([context.request.url, context.get(colour), context.request.headers.get('a')]).toEqual(['/c?d', 'red', '1']);
    expect([fork.request.url, fork.response.body, context.response.isAnswered]).toEqual(['/e', 'x', false]);
  });

  it('rejects when its body cannot even say how long it is', async () => {
    const { context } = new PlainExchange(makeRequest('/'));
    const outcomes: Outcome[] = [];
    const forked = context.fork((own) => {
      own.onSent((outcome) => void outcomes.push(outcome));
      own.response.body = {
        get length(): number {
          throw new Error('no length');
        },
        read: () => 0,
        close: () => undefined,
      };
    });
    await expect(forked).rejects.toThrow('no length');
    expect(outcomes.map(({ end }) => end)).toEqual(['handler-failed']);
  });

  it('resolves with a head that is decided, and tells the end of a body that is there at once', async () => {
    const outcomes: Outcome[] = [];
    const fork = await new PlainExchange().context.fork((own) => {
      own.onHead((response) => void response.headers.set('x-head', String(response.status)));
      own.onSent((outcome) => outcomes.push(outcome));
      own.response.body = 'five5';
    });
    expect([fork.response.status, fork.response.headers.get('x-head'), fork.response.body]).toEqual([
      200,
      '200',
      'five5',
    ]);
    expect(outcomes).toMatchObject([{ status: 200, bytesSent: 5, end: 'complete' }]);
    const nobody = await new PlainExchange().context.fork(() => undefined);
    expect([nobody.response.status, nobody.response.body]).toEqual([404, 'Not Found\n']);
  });

  it('ends with its body, whoever reads it', async () => {
    const { outcomes, inner, body } = await streamed();
    let text = '';
    body.start({ ...quiet, write: (chunk) => (text += new TextDecoder().decode(chunk)) !== '' });
    inner.sink!.write(new TextEncoder().encode('abc'));
    expect(outcomes).toEqual([]);
    inner.sink!.end();
    expect([text, outcomes]).toMatchObject(['abc', [{ bytesSent: 3, end: 'complete' }]]);
  });

  it.each([
    ['fails', ({ inner }: Streamed) => inner.sink!.fail(new Error('broken')), 'handler-failed'],
    ['is not wanted any more', ({ body }: Streamed) => body.cancel(new Error('enough')), 'client-closed'],
    ['is cut by abort()', ({ fork }: Streamed) => fork.abort(new Error('too slow')), 'handler-failed'],
  ])('ends and aborts its signal when its body %s', async (_name, end, told) => {
    const run = await streamed();
    const failures: string[] = [];
    run.body.start({ ...quiet, fail: (error) => failures.push(error.message) });
    end(run);
    expect(run.outcomes).toMatchObject([{ end: told }]);
    expect(run.fork.signal.aborted).toBe(true);
    expect(failures).toHaveLength(told === 'handler-failed' ? 1 : 0);
  });

  it('ends when its body cannot even begin, or be stopped', async () => {
    const broken = (): never => {
      throw new Error('broken');
    };
    for (const end of ['start', 'cancel'] as const) {
      const outcomes: Outcome[] = [];
      const fork = await new PlainExchange().context.fork((own) => {
        own.onSent((outcome) => outcomes.push(outcome));
        own.response.body = { length: null, start: broken, pause: broken, resume: broken, cancel: broken };
      });
      const failures: string[] = [];
      const body = toPushBody(fork.response.takeBody());
      if (end === 'start') body.start({ ...quiet, fail: (error) => failures.push(error.message) });
      else disposeBody(body, new Error('enough'));
      expect(failures).toEqual(end === 'start' ? ['broken'] : []);
      expect(outcomes).toMatchObject([{ end: end === 'start' ? 'handler-failed' : 'client-closed' }]);
    }
  });

  it('rejects with what the handler threw, and tells it', async () => {
    const failure = new HttpError(503, 'TEST', 'down');
    const outcomes: Outcome[] = [];
    const fork = new PlainExchange().context.fork(async (own) => {
      own.onSent((outcome) => outcomes.push(outcome));
      throw failure;
    });
    await expect(fork).rejects.toBe(failure);
    expect(outcomes).toMatchObject([{ status: 0, end: 'handler-failed', error: failure }]);
  });

  it('rejects at once with the reason of an abort before its head', async () => {
    let own: HttpContext | null = null;
    const fork = new PlainExchange().context.fork((context) => {
      own = context;
      return new Promise<void>(() => undefined);
    });
    const reason = new Error('deadline');
    own!.abort(reason);
    await expect(fork).rejects.toBe(reason);
  });

  it('goes on when the client of the first one leaves', async () => {
    const exchange = new PlainExchange();
    let own: HttpContext | null = null;
    void exchange.context.fork((context) => {
      own = context;
      return new Promise<void>(() => undefined);
    });
    exchange.context.abort(new HttpError(408, 'TEST', 'left'));
    expect([exchange.context.signal.aborted, own!.signal.aborted]).toEqual([true, false]);
  });

  it('refuses an upgrade: there is no connection', async () => {
    const fork = new PlainExchange().context.fork(({ request, response }) => {
      expect(request.upgrade).toBeNull();
      response.upgrade = () => undefined;
    });
    await expect(fork).rejects.toMatchObject({ code: 'CORE_FORK_UPGRADE' });
  });

  it('reads a request body that was kept whole, and no other', async () => {
    const read = (own: HttpContext): Promise<void> =>
      own.request.body.text().then((text) => void (own.response.body = text));
    const kept = new PlainExchange(makeRequest('/', new RequestBody(toPushBody('sent')))).context;
    await kept.request.body.bytes();
    expect((await kept.fork(read)).response.body).toBe('sent');
    expect(await kept.request.body.text()).toBe('sent');
    const unread = new PlainExchange(makeRequest('/', new RequestBody(toPushBody('sent')))).context;
    await expect(unread.fork(read)).rejects.toMatchObject({ code: 'CORE_BODY_ALREADY_READ' });
    expect(await unread.request.body.text()).toBe('sent');
    expect((await new PlainExchange().context.fork(read)).response.body).toBe('');
  });
});

type Streamed = Awaited<ReturnType<typeof streamed>>;

async function streamed() {
  const inner = new ManualBody();
  const outcomes: Outcome[] = [];
  const fork = await new PlainExchange().context.fork((own) => {
    own.onSent((outcome) => outcomes.push(outcome));
    own.response.body = inner;
  });
  return { fork, inner, outcomes, body: toPushBody(fork.response.takeBody()) };
}
