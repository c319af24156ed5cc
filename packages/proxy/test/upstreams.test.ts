import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createManualClock } from '@windhover/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createUpstreams,
  type ReverseProxyOptions,
  reverseProxy,
  type UpstreamServer,
  type Upstreams,
  type UpstreamsOptions,
} from '../src/index.ts';
import { ask, type Front, setUpProxies, startHandler, startUpstream, until } from './proxy-fixtures.ts';

setUpProxies();

const groups: Upstreams[] = [];
afterEach(() => {
  for (const group of groups.splice(0)) group.close();
});

interface Farm extends Front {
  readonly origins: string[];
  readonly servers: http.Server[];
  readonly upstreams: Upstreams;
  /** What `onUpstream` was told, `+a` for up and `-a` for down. */
  readonly told: string[];
  /** The names of the upstreams that answered, by first letter. */
  letters(count: number, init?: Parameters<typeof ask>[1]): Promise<string>;
}

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Upstreams a, b, … behind a proxy; each answers with its letter unless told otherwise. */
async function farm(
  answers: readonly (Answer | null)[],
  options: UpstreamsOptions = {},
  servers: readonly Omit<UpstreamServer, 'url'>[] = [],
  proxyOptions: ReverseProxyOptions = {},
): Promise<Farm> {
  const told: string[] = [];
  const started = await Promise.all(
    answers.map((answer, index) =>
      startUpstream((request, response) => {
        if (answer === null) response.end('abc'[index]);
        else answer(request, response);
      }),
    ),
  );
  const origins = started.map(({ origin }) => origin);
  const onUpstream = (address: string, isUp: boolean): void =>
    void told.push(`${isUp ? '+' : '-'}${'abc'[origins.indexOf(address)]}`);
  const upstreams = createUpstreams(
    origins.map((url, index) => ({ url, ...servers[index] })),
    { onUpstream, ...options },
  );
  groups.push(upstreams);
  const proxy = reverseProxy(upstreams, proxyOptions);
  const front = await startHandler(proxy);
  const letters = async (count: number, init?: Parameters<typeof ask>[1]): Promise<string> => {
    let text = '';
    for (let round = 0; round < count; round++) {
      const { status, text: answer } = await ask(front.url, init);
      text += status === 200 ? answer : `(${status})`;
    }
    return text;
  };
  return { ...front, origins, servers: started, upstreams, told, letters };
}

const fails: Answer = (_request, response) => void response.writeHead(503).end('no');
const resets: Answer = (request) => void request.socket.destroy();
const stop = (server: http.Server): Promise<void> => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
};

describe('upstreams', () => {
  it('share requests by weight, smoothly', async () => {
    const { letters } = await farm([null, null], {}, [{ weight: 3 }]);
    expect(await letters(8)).toBe('aabaaaba');
  });

  it('get requests as backup only while no other one can be reached', async () => {
    const clock = createManualClock();
    const { letters, servers } = await farm([null, null], { clock }, [{}, { backup: true }]);
    expect(await letters(3)).toBe('aaa');
    await stop(servers[0]!);
    expect(await letters(3)).toBe('bbb');
  });

  it('that drain get no requests, but those of clients that are bound to them', async () => {
    const { letters, url, upstreams, origins } = await farm([null, null], { sticky: { cookie: 'route' } });
    const first = await ask(url);
    const cookie = first.headers['set-cookie']![0]!.split(';')[0]!;
    expect(first.text).toBe('a');
    upstreams.drain(origins[0]!);
    expect(await letters(3)).toBe('bbb');
    expect(await letters(3, { headers: { cookie } })).toBe('aaa');
    upstreams.drain(origins[0]!, false);
    expect((await letters(4)).split('').sort().join('')).toBe('aabb');
  });

  it('say how much each of them has to do', async () => {
    const { letters, upstreams, origins } = await farm([null, null]);
    expect(await letters(3)).toBe('aba');
    expect(upstreams.load(origins[0]!)).toMatchObject({ active: 0, total: 2 });
    expect(upstreams.load(origins[1]!)).toMatchObject({ active: 0, total: 1 });
    expect(upstreams.load('http://127.0.0.1:1')).toBeNull();
  });

  it('can be replaced: those that stay keep what is known of them', async () => {
    const { letters, upstreams, origins } = await farm([null, null, null]);
    upstreams.setServers([origins[2]!]);
    expect(await letters(2)).toBe('cc');
    upstreams.setServers([]);
    expect(upstreams.addresses).toEqual([origins[2]]);
  });

  it('of https:// that are not trusted are 502, and the report says why', async () => {
    const { servers } = await farm([null]);
    const { port } = servers[0]!.address() as AddressInfo;
    const front = await startHandler(reverseProxy(`https://127.0.0.1:${port}`));
    expect((await ask(front.url)).status).toBe(502);
  });

  it.each<[object, string]>([
    [{ balance: 'fastest' }, 'balance: expected one of round-robin'],
    [{ balance: { hash: 'client', boundedLoad: 1 } }, 'balance: expected'],
    [{ sticky: {} }, 'sticky: expected either cookie or header'],
    [{ health: { every: 5 } }, 'found `every`'],
    [{ retry: { on: ['never'] } }, "retry.on[0]: expected 'connect', 'reset'"],
    [{ connections: { max: 0 } }, 'connections.max: expected a whole number, 1 or more, found 0'],
    [{ panicShare: 2 }, 'panicShare: expected a number from 0 to 1, found 2'],
    [{ blance: 'first' }, 'Did you mean `balance`'],
    [{ balance: { hash: { header: 'a b' } } }, 'balance: expected one of'],
    [
      { retry: { on: [999] } },
      "retry.on[0]: expected 'connect', 'reset', 'timeout', 'bad-response', '5xx' or a status",
    ],
    [{ retry: { on: 503 } }, 'retry.on: expected a list of reasons'],
    [{ retry: { methods: ['GET POST'] } }, 'retry.methods[0]: expected a method'],
    [{ health: { statuses: '2xx' } }, 'health.statuses: expected a list of statuses'],
    [{ health: { statuses: [9] } }, "health.statuses[0]: expected a status from 100 to 599, or a class such as '2xx'"],
    [{ health: { path: '/a b' } }, 'health.path: expected a path'],
    [{ sticky: { cookie: 'a; Domain=b' } }, 'sticky.cookie: expected the name of a cookie'],
    [{ sticky: { header: 'Content-Length' } }, 'sticky.header: expected the name of a header'],
  ])('refuse the options %j', (options, message) => {
    expect(() => createUpstreams('http://a', options)).toThrow(message);
  });
});

describe('sticky', () => {
  it('binds a client by a cookie that only the secret can make', async () => {
    const { url, letters } = await farm([null, null], { sticky: { cookie: 'route', secret: 'x', maxAgeMs: 60_000 } });
    const { headers, text } = await ask(url);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^route=[\w-]{22}; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const cookie = headers['set-cookie']![0]!.split(';')[0]!;
    expect(await letters(4, { headers: { cookie } })).toBe(text.repeat(4));
    const again = await ask(url, { headers: { cookie } });
    expect(again.headers['set-cookie']).toBeUndefined();
    const other = await farm([null, null], { sticky: { cookie: 'route', secret: 'y' } });
    expect((await ask(other.url, { headers: { cookie } })).headers['set-cookie']).toHaveLength(1);
  });

  it('binds it to another one when its own cannot be reached', async () => {
    const { url, servers, letters } = await farm([null, null], { sticky: { header: 'X-Route' } });
    const token = String((await ask(url)).headers['x-route']);
    expect(await letters(2, { headers: { 'X-Route': token } })).toBe('aa');
    await stop(servers[0]!);
    const moved = await ask(url, { headers: { 'X-Route': token } });
    expect(moved.text).toBe('b');
    expect(moved.headers['x-route']).not.toBe(token);
  });
});

describe('retries', () => {
  it('send an idempotent request to another upstream when it was reset or answered 503', async () => {
    const { letters } = await farm([resets, fails, null], { retry: { attempts: 3 } });
    expect(await letters(3)).toBe('ccc');
    expect(await letters(1, { method: 'PUT', body: 'x' })).toBe('c');
  });

  it('send a POST again only where nothing was sent, or where its method is named', async () => {
    const { letters } = await farm([fails, null], { retry: {} });
    expect(await letters(2, { method: 'POST', body: 'x' })).toBe('(503)b');
    const named = await farm([fails, null], { retry: { methods: ['POST'] } });
    expect(await named.letters(2, { method: 'POST', body: 'x' })).toBe('bb');
    const gone = await farm([null, null], { retry: {} });
    await stop(gone.servers[0]!);
    expect(await gone.letters(2, { method: 'POST', body: 'x' })).toBe('bb');
  });

  it('end after as many attempts as are allowed, with the last answer', async () => {
    const { letters, url } = await farm([fails, fails, null], { retry: { attempts: 2 } });
    expect((await ask(url)).status).toBe(503);
    expect(await letters(0)).toBe('');
  });

  it('follow the list of reasons', async () => {
    const { letters } = await farm([fails, null], { retry: { on: ['reset'] } });
    expect(await letters(2)).toBe('(503)b');
  });

  it('give each attempt but the last its own time', async () => {
    const { letters } = await farm([() => undefined, null], { retry: { perTryMs: 20 } });
    expect(await letters(1)).toBe('b');
  });

  it('of a body that was not kept do not happen', async () => {
    const { url } = await farm([fails, null], { retry: {} }, [], { keepBodyBytes: 4 });
    expect((await ask(url, { method: 'PUT', body: 'longer than four' })).status).toBe(503);
  });

  it('send a body again that the first upstream had not read when it answered', async () => {
    let isAnswered = false;
    const early: Answer = (_request, response) => {
      response.writeHead(503).write('no');
      isAnswered = true;
    };
    const reads: Answer = (request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += String(chunk);
      });
      request.on('end', () => response.end(text));
    };
    const { url } = await farm([early, reads], { retry: { on: [503] } });
    const answer = new Promise<string>((resolve, reject) => {
      const request = http.request(url, { agent: false, method: 'PUT' }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => resolve(text));
      });
      request.on('error', reject);
      request.write('first ');
      void until(() => isAnswered).then(() => request.end('second'));
    });
    expect(await answer).toBe('first second');
  });

  it('ask the only upstream again', async () => {
    let requests = 0;
    const { letters } = await farm(
      [(request, response) => (++requests === 1 ? resets(request, response) : response.end('a'))],
      {
        retry: {},
      },
    );
    expect(await letters(1)).toBe('a');
  });
});

describe('ejection', () => {
  it('takes an upstream out after failures in a row, and back in when its time is over', async () => {
    const clock = createManualClock();
    const { letters, told } = await farm([fails, null], { clock, eject: { failures: 2, forMs: 30_000 } });
    expect(await letters(6)).toBe('(503)b(503)bbb');
    expect(told).toEqual(['-a']);
    clock.advance(30_000);
    expect(await letters(4)).toMatch(/503/);
    expect(told).toContain('+a');
  });

  it('takes out no more than its share', async () => {
    const { letters } = await farm([fails, fails, null], { eject: { failures: 1 } });
    expect(await letters(8)).toBe('(503)c(503)c(503)c(503)c');
  });

  it('is ignored in panic, when too few are left', async () => {
    const { letters } = await farm([fails, fails, null], { eject: { failures: 1, maxShare: 1 }, panicShare: 0.5 });
    expect((await letters(9)).split('c').length - 1).toBe(3);
  });
});

describe('the circuit breaker', () => {
  it('answers 503 at once while an upstream fails, until a request succeeds', async () => {
    const clock = createManualClock();
    let requests = 0;
    let isBroken = true;
    const answer: Answer = (_request, response) => {
      requests += 1;
      response.writeHead(isBroken ? 500 : 200).end('a');
    };
    const { letters, told } = await farm([answer], { clock, breaker: { minRequests: 4, openMs: 10_000 } });
    expect(await letters(6)).toBe('(500)(500)(500)(500)(503)(503)');
    expect([requests, told]).toEqual([4, ['-a']]);
    clock.advance(10_000);
    expect(await letters(2)).toBe('(500)(503)');
    isBroken = false;
    clock.advance(10_000);
    expect(await letters(3)).toBe('aaa');
    expect(told).toEqual(['-a', '+a']);
  });
});

describe('active checks', () => {
  it('take an upstream out that fails them, and back in', async () => {
    let isWell = false;
    const checked: Answer = (request, response) => {
      if (request.url === '/health') response.writeHead(isWell ? 200 : 500).end('well');
      else response.end('a');
    };
    const well: Answer = (request, response) => response.end(request.url === '/health' ? 'well' : 'b');
    const health = { path: '/health', everyMs: 1, rise: 1, fall: 2, body: 'well' };
    const { letters, told, upstreams } = await farm([checked, well], { health });
    void upstreams.start();
    await until(() => told.includes('-a'));
    expect(await letters(3)).toBe('bbb');
    isWell = true;
    await until(() => told.includes('+a'));
    expect((await letters(4)).split('').sort().join('')).toBe('aabb');
  });

  it('fail for another body, and when no answer comes in time', async () => {
    const said: string[] = [];
    const say = (_message: string, facts?: Readonly<Record<string, unknown>>): void =>
      void said.push(String(facts?.['why']));
    const log = { debug: say, info: say, warn: say, error: say };
    const health = { everyMs: 1, timeoutMs: 1, fall: 1, body: 'well' };
    const { upstreams } = await farm([null, () => undefined], { health, log });
    void upstreams.start();
    await until(() => said.length === 2);
    expect(said.sort()).toEqual(['its answer does not contain "well"', 'no answer within 1 ms']);
  });
});

describe('connections', () => {
  /** An upstream that answers when it is told to. */
  function held(letter: string): { answer: Answer; waiting: http.ServerResponse[]; release: () => void } {
    const waiting: http.ServerResponse[] = [];
    return {
      waiting,
      answer: (_request, response) => void waiting.push(response),
      release: () => void waiting.shift()!.end(letter),
    };
  }

  it('bounds the requests of an upstream; others wait for their turn, in order', async () => {
    const a = held('a');
    const { url } = await farm([a.answer], { connections: { max: 1, queue: 2 } });
    const order: number[] = [];
    const requests = [0, 1, 2].map(async (number) => {
      expect((await ask(url)).text).toBe('a');
      order.push(number);
    });
    for (let round = 0; round < 3; round++) {
      await until(() => a.waiting.length === 1);
      a.release();
      await until(() => order.length === round + 1);
    }
    await Promise.all(requests);
  });

  it('refuses with 503 when the queue is full, and when the wait is too long', async () => {
    const clock = createManualClock();
    const a = held('a');
    const { url } = await farm([a.answer], { clock, connections: { max: 1, queue: 1, queueTimeoutMs: 5000 } });
    const first = ask(url);
    await until(() => a.waiting.length === 1);
    const statuses: number[] = [];
    const two = [ask(url), ask(url)].map(async (answer) => statuses.push((await answer).status));
    await until(() => statuses.length === 1); // one waits, the other found the queue full
    clock.advance(5250);
    await Promise.all(two);
    expect(statuses).toEqual([503, 503]);
    a.release();
    expect((await first).status).toBe(200);
  });

  it('is served when an upstream that was gone may be asked again, without a newcomer', async () => {
    const clock = createManualClock();
    const a = held('a');
    const connections = { max: 1, queue: 10, queueTimeoutMs: 60_000 };
    const { url, servers, upstreams, told } = await farm([a.answer], { clock, connections });
    const first = ask(url);
    await until(() => a.waiting.length === 1);
    const others = [ask(url), ask(url), ask(url)];
    await until(() => upstreams.waiting === 3);
    const { port } = servers[0]!.address() as AddressInfo;
    await stop(servers[0]!);
    expect((await first).status).toBe(502);
    await until(() => told.length === 1); // one has found that it is gone
    expect(upstreams.waiting).toBe(2); // the others are not sent there
    await startUpstream((_request, response) => void response.end('back'), port);
    clock.advance(10_250);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([502, 200, 200]);
  });

  it('sends none of those that wait to an upstream whose last answer has taken it out', async () => {
    const clock = createManualClock();
    const a = held('a');
    let asked = 0;
    const bad: Answer = (_request, response) => {
      asked += 1;
      a.waiting.push(response.writeHead(503, { 'Content-Length': 1 }));
    };
    const eject = { failures: 1, forMs: 30_000 };
    const { url, upstreams } = await farm([bad], { clock, eject, connections: { max: 1, queueTimeoutMs: 5000 } });
    const first = ask(url);
    await until(() => a.waiting.length === 1);
    const second = ask(url);
    await until(() => upstreams.waiting === 1);
    a.release();
    expect((await first).status).toBe(503);
    clock.advance(5250);
    expect([(await second).status, asked]).toEqual([503, 1]);
  });

  it('goes to another upstream that has room', async () => {
    const a = held('a');
    const { url, letters } = await farm([a.answer, null], { balance: 'first', connections: { max: 1 } });
    const first = ask(url);
    await until(() => a.waiting.length === 1);
    expect(await letters(2)).toBe('bb');
    a.release();
    expect((await first).text).toBe('a');
  });
});

describe('slow start', () => {
  it('gives an upstream that is back a tenth of its share at first', async () => {
    const clock = createManualClock();
    const { letters, servers } = await farm([null, null], { clock, slowStartMs: 100_000 });
    clock.advance(1_000_000);
    const { port } = servers[1]!.address() as AddressInfo;
    await stop(servers[1]!);
    expect(await letters(3)).toBe('aaa');
    await startUpstream((_request, response) => void response.end('b'), port);
    clock.advance(10_000);
    await letters(2); // one of them finds that it is back
    expect((await letters(22)).split('b').length - 1).toBe(2);
    clock.advance(50_000);
    expect((await letters(30)).split('b').length - 1).toBe(10);
    clock.advance(50_000);
    expect((await letters(30)).split('b').length - 1).toBe(15);
  });
});

describe('the middleware around attempts', () => {
  it('runs for each attempt, can add a field, and sees the answer', async () => {
    const seen: string[] = [];
    const echo: Answer = (request, response) => response.end(String(request.headers['x-signature']));
    const { url } = await farm([fails, echo], { retry: {} }, [], {
      attempt: [
        async (attempt, next) => {
          attempt.addHeader('X-Signature', `try ${attempt.number}`);
          await next(attempt);
          seen.push(`${attempt.number}: ${attempt.response?.status}`);
        },
      ],
    });
    expect((await ask(url)).text).toBe('try 2');
    expect(seen).toEqual(['1: 503', '2: 200']);
  });
});
