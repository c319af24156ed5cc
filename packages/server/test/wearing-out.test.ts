import { describe, expect, it } from 'vitest';
import { bench, gate, get, ok, path, turns } from './talk.ts';

const close = 'Connection: close\r\n';

describe('maxRequestsPerConnection', () => {
  it('closes with the last answer, and answers nothing behind it', async () => {
    const { connect } = bench(path, { limits: { maxRequestsPerConnection: 2 } });
    const client = connect();
    expect(await client.say(get('/1'))).toBe(ok('/1'));
    expect(await client.say(get('/2') + get('/3'))).toBe(ok('/2', close));
    expect(client.hasEnded).toBe(true);
  });

  it('may be one', async () => {
    const client = bench(path, { limits: { maxRequestsPerConnection: 1 } }).connect();
    expect(await client.say(get('/1'))).toBe(ok('/1', close));
  });
});

describe('maxConnectionAgeMs', () => {
  it('closes with the next answer when it has passed', async () => {
    const later = gate();
    const { connect, clock } = bench(
      async (context) => {
        if (context.request.path === '/late') await later.opened;
        return path(context);
      },
      { limits: { maxConnectionAgeMs: 10_000 } },
    );
    const client = connect();
    expect(await client.say(get('/young'))).toBe(ok('/young'));
    await client.say(get('/late'));
    clock.advance(10_000);
    later.open();
    expect(await client.hear()).toBe(ok('/late', close));
  });

  it('closes an idle connection to the millisecond, without a word, however busy it was', async () => {
    const { connect, clock } = bench(path, { limits: { maxConnectionAgeMs: 10_000 } });
    const client = connect();
    clock.advance(9000);
    expect(await client.say(get('/1'))).toBe(ok('/1'));
    clock.advance(999);
    await turns();
    expect(client.hasEnded).toBe(false);
    clock.advance(1);
    expect(await client.hear()).toBe('');
    expect(client.hasEnded).toBe(true);
  });

  it('leaves an idle connection to keepAliveTimeoutMs when that is sooner', async () => {
    const { connect, clock } = bench(path, { limits: { maxConnectionAgeMs: 10_000, keepAliveTimeoutMs: 100 } });
    const client = connect();
    await client.say(get());
    clock.advance(100);
    await turns();
    expect(client.hasEnded).toBe(true);
  });
});
