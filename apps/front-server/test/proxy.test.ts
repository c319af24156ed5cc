import { describe, expect, it } from 'vitest';
import { curl, startServer, startUpstream } from './front-server-fixtures.ts';

function config(ports: readonly number[], options = ''): string {
  const to = ports.map((port) => `"http://127.0.0.1:${port}"`).join(', ');
  return `sites: { a: { routes: [{ path: /api, proxy: { to: [${to}]${options} } }] } }`;
}

describe('proxy', () => {
  it('takes the upstreams in turn', async () => {
    const one = await startUpstream((_, response) => response.end('one'));
    const two = await startUpstream((_, response) => response.end('two'));
    const { url } = await startServer(config([one.port, two.port]));
    const answers: string[] = [];
    for (let count = 0; count < 4; count++) answers.push((await curl(`${url}/api`)).body);
    expect(answers).toEqual(['one', 'two', 'one', 'two']);
  });

  it('passes over an upstream that is gone, and finds it again when it is back', async () => {
    const one = await startUpstream((_, response) => response.end('one'));
    const two = await startUpstream((_, response) => response.end('two'));
    const { url } = await startServer(config([one.port, two.port], ', rest: 0'));
    const ask = async (times: number): Promise<string[]> => {
      const answers: string[] = [];
      for (let count = 0; count < times; count++) answers.push((await curl(`${url}/api`)).body);
      return answers;
    };
    expect(await ask(2)).toEqual(['one', 'two']);
    await two.stop();
    expect(await ask(4)).toEqual(['one', 'one', 'one', 'one']);
    await startUpstream((_, response) => response.end('two again'), two.port);
    expect(await ask(2)).toContain('two again');
  });

  it('answers 502 without saying more than that when no upstream is there, and logs which', async () => {
    const gone = await startUpstream((_, response) => response.end());
    await gone.stop();
    const { url, logLines } = await startServer(config([gone.port]));
    expect(await curl(`${url}/api`)).toMatchObject({ status: 502, body: '502 Bad Gateway\n' });
    await expect.poll(() => logLines.join('')).toContain(`127.0.0.1:${gone.port}`);
    expect(logLines.join('')).not.toContain('    at ');
  });

  it('forwards bodies, and the path with or without the prefix of its route', async () => {
    const upstream = await startUpstream((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => response.end(`${request.method} ${request.url} ${request.headers.host} ${bytes}`));
    });
    const plain = await startServer(config([upstream.port]));
    const stripped = await startServer(config([upstream.port], ', stripPrefix: true, host: upstream'));
    const send = async (url: string): Promise<string> =>
      (await curl('-H', 'Host: a.test', '--data-binary', 'x'.repeat(5000), `${url}/api/b?c`)).body;
    expect(await send(plain.url)).toBe('POST /api/b?c a.test 5000');
    expect(await send(stripped.url)).toBe(`POST /b?c 127.0.0.1:${upstream.port} 5000`);
  });
});
