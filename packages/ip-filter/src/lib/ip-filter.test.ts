import { type Connection, contextKey, type HttpContext } from '@windhover/core';
import { checkedCompose, createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { ipFilter, ipFilterConnections } from './ip-filter.ts';
import type { IpFilterOptions } from './ip-filter-options.ts';

const log = { warn: () => undefined };
const refusalKey = contextKey<{ code: string; rule: string; subStatus?: number }>('refusal');

async function ask(options: IpFilterOptions, address = '192.0.2.1', init: RunInit = {}) {
  let noted: unknown;
  const hello = ({ response }: HttpContext): void => {
    response.body = 'hello';
  };
  const result = await runHandler(
    checkedCompose(
      [
        (context, next) => {
          context.onSent(() => void (noted = context.get(refusalKey)));
          return next(context);
        },
        ipFilter({ log, ...options }),
      ],
      hello,
    ),
    { ...init, connection: { remoteAddress: address } },
  );
  return { status: result.status, text: result.text(), noted };
}

describe('ipFilter()', () => {
  it('answers 403 and tells the log by which rule', async () => {
    expect(await ask({ deny: '192.0.2.0/24' })).toEqual({
      status: 403,
      text: '',
      noted: { code: 'IP_FILTER_DENIED', rule: 'deny 192.0.2.0/24', subStatus: 503 },
    });
    expect(await ask({ deny: '192.0.2.0/24' }, '192.0.3.1')).toMatchObject({ status: 200, noted: undefined });
  });

  it.each([
    ['forbidden', 403],
    ['unauthorized', 401],
    ['notFound', 404],
    ['abort', 444],
  ] as const)('answers %s with %i', async (answer, status) => {
    expect(await ask({ deny: '192.0.2.1', answer })).toMatchObject({ status });
  });

  it('believes no field that a client sends', async () => {
    const headers = { 'X-Forwarded-For': '10.0.0.1', Forwarded: 'for=10.0.0.1', 'X-Real-IP': '10.0.0.1' };
    expect(await ask({ allow: '10.0.0.0/8' }, '192.0.2.1', { headers })).toMatchObject({ status: 403 });
  });

  it('decides by the client that a trusted proxy has told, or by the connection', async () => {
    const told = (options: IpFilterOptions) =>
      runHandler(
        checkedCompose(
          [
            (context, next) => {
              context.setClient({ ...context.client, address: '203.0.113.7' });
              return next(context);
            },
            ipFilter({ log, ...options }),
          ],
          () => undefined,
        ),
      );
    expect((await told({ deny: '203.0.113.7' })).status).toBe(403);
    expect((await told({ deny: '203.0.113.7', by: 'connection' })).status).not.toBe(403);
    expect((await told({ deny: 'loopback', by: 'connection' })).status).toBe(403);
  });

  it('only tells in a dry run', async () => {
    const told: string[] = [];
    const observer = { denied: ({ rule }: { rule: string }, isDry: boolean) => void told.push(`${rule} ${isDry}`) };
    expect(await ask({ deny: '192.0.2.1', dryRun: true, observer })).toEqual({
      status: 200,
      text: 'hello',
      noted: { code: 'IP_FILTER_DRY_RUN', rule: 'deny 192.0.2.1' },
    });
    expect(told).toEqual(['deny 192.0.2.1 true']);
  });

  it('waits for the name of a client, and holds nobody else up', async () => {
    let answer = (_names: string[]): void => undefined;
    const resolver = {
      reverse: () => new Promise<string[]>((resolve) => void (answer = resolve)),
      addresses: async () => ['192.0.2.1'],
    };
    const rules = [{ allow: '10.0.0.0/8' }, { deny: { domain: 'bad.example' } }];
    const middleware = ipFilter({ rules, names: { resolver }, clock: createManualClock(), log });
    const run = (remoteAddress: string) =>
      runHandler(
        checkedCompose([middleware], ({ response }) => void (response.body = 'hello')),
        { connection: { remoteAddress } },
      );
    const slow = run('192.0.2.1');
    expect((await run('10.0.0.1')).status).toBe(200);
    answer(['bad.example']);
    expect((await slow).status).toBe(403);
  });

  it.each([
    [{}, 'expected allow, deny or rules'],
    [{ deny: [] }, 'deny: expected at least one entry'],
    [{ denied: '::1' }, 'found `denied`'],
    [{ deny: '::1', rules: [] }, 'rules: stands in place of allow and deny'],
    [{ rules: [{ allow: '::1', deny: '::2' }] }, 'rules[0]: expected either allow or deny'],
    [{ deny: { file: 'x' } }, 'deny: expected an address, a network'],
    [{ deny: '::1', answer: 'teapot' }, "answer: expected 'forbidden' or"],
    [{ deny: '::1', names: { ttl: 1 } }, 'names: expected'],
  ])('refuses %o', (options, message) => {
    expect(() => ipFilter(options as never)).toThrow(message);
  });
});

describe('ipFilterConnections()', () => {
  /** What becomes of connections from these addresses. */
  function open(layer: ReturnType<typeof ipFilterConnections>, addresses: readonly string[]): (string | null)[] {
    return addresses.map((remoteAddress) => {
      let fate: string | null = null;
      const reset = (): void => void (fate = 'reset');
      const connection = { info: { remoteAddress }, reset, onClosed: () => undefined } as unknown as Connection;
      void layer(connection, () => void (fate = 'open'));
      return fate;
    });
  }

  it('resets connections before anything is read', () => {
    const layer = ipFilterConnections({ deny: ['192.0.2.0/24', 'fe80::/10'], log });
    expect(open(layer, ['192.0.2.1', '::ffff:192.0.2.1', 'fe80::1%eth0', '198.51.100.1', ''])).toEqual([
      ...['reset', 'reset', 'reset', 'open', 'open'],
    ]);
    expect(open(ipFilterConnections({ deny: '192.0.2.1', dryRun: true, log }), ['192.0.2.1'])).toEqual(['open']);
  });

  it('does not go on with a connection that has closed while its name was looked up', async () => {
    let closed = (): void => undefined;
    let isOpened = false;
    const resolver = { reverse: async () => ['a.example'], addresses: async () => ['192.0.2.1'] };
    const layer = ipFilterConnections({ allow: { domain: 'a.example' }, names: { resolver }, log });
    const connection = {
      info: { remoteAddress: '192.0.2.1' },
      onClosed: (listener: () => void) => void (closed = listener),
    } as unknown as Connection;
    const done = layer(connection, () => void (isOpened = true));
    closed();
    await done;
    expect(isOpened).toBe(false);
  });

  it('has no option for answers', () => {
    expect(() => ipFilterConnections({ deny: '::1', answer: 'notFound' } as never)).toThrow('found `answer`');
  });
});
