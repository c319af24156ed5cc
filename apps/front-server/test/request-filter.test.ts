import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  curl,
  type StartedServer,
  startConfig,
  startServer,
  startUpstream,
  temporaryFolder,
} from './front-server-fixtures.ts';

/** The statuses that curl gets for these targets, as they stand. */
async function statuses({ url }: StartedServer, targets: readonly string[], ...args: string[]): Promise<string[]> {
  const answers: string[] = [];
  for (const target of targets) {
    const { status } = await curl('--path-as-is', ...args, `${url}${target}`);
    answers.push(`${target} ${status}`);
  }
  return answers;
}

const site = (filter: string): string => `
accessLog: { format: json }
requestFilter: ${filter}
sites: { a: { routes: [{ path: /, respond: hello }] } }`;

describe('requestFilter, with the examples of the documentation of IIS', () => {
  it('double escaping, sequences and hidden segments', async () => {
    const server = await startServer(
      site('{ preset: iis-defaults, denyUrlSequences: ["..", ":", "./"], hiddenSegments: [_vti_bin] }'),
    );
    expect(
      await statuses(server, [
        ...['/', '/default.htm', '/a%252e', '/a+b', '/a%2bb', '/a/..b', '/a:b', '/a%3Ab', '/x./y', '/_vti_bin/x'],
        ...['/bin/x.dll', '/binary', '/BIN/', '/App_Data/x', '/web.config', '/x.asa', '/x.asax;y', '/?q=..', '/?q=a+b'],
      ]),
    ).toEqual([
      ...['/ 200', '/default.htm 200', '/a%252e 404', '/a+b 404', '/a%2bb 404', '/a/..b 404', '/a:b 404', '/a%3Ab 404'],
      ...['/x./y 404', '/_vti_bin/x 404', '/bin/x.dll 404', '/binary 200', '/BIN/ 404', '/App_Data/x 404'],
      ...['/web.config 404', '/x.asa 404', '/x.asax;y 404', '/?q=.. 200', '/?q=a+b 200'],
    ]);
    const rules = server.accessLines.map((line) => line.trim()).filter((line) => line.includes('REQUEST_FILTER'));
    expect(rules).toHaveLength(14);
  });

  it('limits, with 413 for bodies that are announced or not', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'body');
    await writeFile(file, 'x'.repeat(2000));
    const upstream = await startUpstream((request, response) => {
      request.resume().on('end', () => response.end('got it'));
    });
    const server = await startServer(
      `requestFilter: { maxUrl: 20, maxQuery: 10, maxBody: 1KB, maxHeaders: { Content-type: 100, Translate: 0 } }
sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`,
    );
    const { url } = server;
    expect(
      await statuses(server, ['/1234567890123456789', '/12345678901234567890', '/?1234567890', '/?12345678901']),
    ).toEqual([...['/1234567890123456789 200', '/12345678901234567890 404', '/?1234567890 200', '/?12345678901 404']]);
    const chunked = ['-H', 'Transfer-Encoding: chunked'];
    expect((await curl('--data-binary', `@${file}`, url)).status).toBe(413);
    expect((await curl('--data-binary', `@${file}`, ...chunked, url)).status).toBe(413);
    expect((await curl('--data-binary', 'small', ...chunked, url)).status).toBe(200);
    expect((await curl('-H', `Content-type: ${'x'.repeat(101)}`, url)).status).toBe(431);
    expect((await curl('-H', 'Translate: f', url)).status).toBe(431);
  });

  it('methods, extensions and filtering rules', async () => {
    const server = await startServer(
      site(
        '{ verbs: { allow: [GET, HEAD] }, extensions: { allow: [".", .html, .aspx], deny: [.exe] }, rules: [{ name: SQLInjection, scanQuery: true, extensions: [.aspx], deny: ["--", ";", "/*", "@", char, alter, begin, cast, create] }, { name: bots, scanHeaders: [User-Agent], deny: [YandexBot] }] }',
      ),
    );
    expect(
      await statuses(server, [
        '/a.html',
        '/a.exe',
        '/a.txt',
        '/a',
        '/a.aspx?x=1',
        '/a.aspx?x=1--',
        '/a.aspx?x=1%2D%2D',
        '/a.html?x=1--',
      ]),
    ).toEqual([
      ...['/a.html 200', '/a.exe 404', '/a.txt 404', '/a 200', '/a.aspx?x=1 200', '/a.aspx?x=1-- 404'],
      ...['/a.aspx?x=1%2D%2D 404', '/a.html?x=1-- 200'],
    ]);
    expect(await statuses(server, ['/'], '-X', 'POST')).toEqual(['/ 404']);
    expect(await statuses(server, ['/'], '-A', 'Mozilla/5.0 (compatible; yandexbot/3.0)')).toEqual(['/ 404']);
  });

  it('tells the log which rule it was, and the client nothing; error pages are chosen by it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '404.html'), 'not found');
    await writeFile(join(folder, '404.8.html'), 'hidden');
    const text = (format: string) => `
accessLog: { format: ${format} }
errorPages: "${folder}"
requestFilter: iis-defaults
sites: { a: { routes: [{ path: /a, respond: hello }] } }`;
    const server = await startServer(text('w3c'), folder);
    const html = ['-H', 'Accept: text/html'];
    const hidden = await curl(...html, `${server.url}/a/bin/x`);
    expect([hidden.status, hidden.body, hidden.head]).toEqual([
      404,
      'hidden',
      expect.not.stringMatching(/404\.8|filter/i),
    ]);
    expect((await curl(...html, `${server.url}/a/x.config`)).body).toBe('not found');
    expect((await curl(...html, `${server.url}/none`)).body).toBe('not found');
    const problem = await curl('-H', 'Accept: application/json', `${server.url}/a/bin/x`);
    expect(problem.body).not.toMatch(/404\.8|hidden|FILTER/);
    expect(server.accessLines.map((line) => / (\d+ \d+) 0 \d+\n?$/.exec(line)?.[1]).filter(Boolean)).toEqual([
      '404 8',
      '404 7',
      '404 0',
      '404 8',
    ]);
  });

  it('refuses attacks with strict, in dry run only in the log', async () => {
    const targets = ["/?q=O'Brien", '/?q=1%27%20or%20%271%27=%271', '/.git/config', '/?f=../../../../etc/passwd'];
    const strict = await startServer(site('strict'));
    expect(await statuses(strict, targets)).toEqual([
      `${targets[0]} 200`,
      ...targets.slice(1).map((target) => `${target} 403`),
    ]);
    const dry = await startServer(site('{ preset: strict, dryRun: true }'));
    expect(await statuses(dry, targets)).toEqual(targets.map((target) => `${target} 200`));
    expect(dry.accessLines.filter((line) => line.includes('REQUEST_FILTER_DRY_RUN'))).toHaveLength(3);
  });
});

describe('ipFilter', () => {
  it('answers as IIS does, or closes the connection', async () => {
    for (const [answer, status] of [
      ['forbidden', 403],
      ['unauthorized', 401],
      ['notFound', 404],
    ] as const) {
      const { url } = await startServer(
        `ipFilter: { deny: loopback, answer: ${answer} }\nsites: { a: { routes: [{ path: /, respond: a }] } }`,
      );
      expect((await curl(url)).status).toBe(status);
    }
    const { url } = await startServer(
      'ipFilter: { deny: 127.0.0.0/8, answer: abort }\nsites: { a: { routes: [{ path: /, respond: a }] } }',
    );
    await expect(curl(url)).rejects.toThrow(/curl ended with (?:52|56)/);
  });

  it('believes X-Forwarded-For from trusted proxies only', async () => {
    const rules =
      'ipFilter: { rules: [{ allow: 203.0.113.0/24 }, { deny: 0.0.0.0/0 }] }\nsites: { a: { routes: [{ path: /, respond: a }] } }';
    const spoofed = ['-H', 'X-Forwarded-For: 203.0.113.7'];
    expect((await curl(...spoofed, (await startServer(rules)).url)).status).toBe(403);
    const trusting = await startServer(`trustedProxies: loopback\n${rules}`);
    expect((await curl(...spoofed, trusting.url)).status).toBe(200);
    expect((await curl('-H', 'X-Forwarded-For: 198.51.100.1', trusting.url)).status).toBe(403);
  });

  it('knows IPv4 clients of an IPv6 listener', async () => {
    const { url } = await startConfig(
      'listen: "[::]:0"\nipFilter: { deny: 127.0.0.0/8 }\nsites: { a: { routes: [{ path: /, respond: a }] } }',
    );
    const port = url.slice(url.lastIndexOf(':') + 1);
    expect((await curl(`http://127.0.0.1:${port}/`)).status).toBe(403);
    expect((await curl('-g', `http://[::1]:${port}/`)).status).toBe(200);
  });

  it('tells its rule on the console, also in a dry run, and leaves the lines of other requests as they are', async () => {
    const listen = (filter: string) =>
      startConfig(
        `listen: 127.0.0.1:0\nipFilter: ${filter}\naccessLog: { to: console, format: console }\nsites: { a: { routes: [{ path: /, respond: a }] } }`,
      );
    const ended = async (filter: string): Promise<string> => {
      const { url, accessLines } = await listen(filter);
      await curl(url);
      return accessLines
        .join('')
        .replace(/^.* GET \S+ /, '')
        .replace(/[\d.]+ms/, 'ms');
    };
    expect(await ended('{ deny: 127.0.0.0/8 }')).toMatch(/^403 \d+ ms IP_FILTER_DENIED \(deny 127\.0\.0\.0\/8\)\n?$/);
    expect(await ended('{ deny: loopback, dryRun: true }')).toMatch(
      /^200 1 ms IP_FILTER_DRY_RUN \(deny loopback\)\n?$/,
    );
    expect(await ended('{ deny: 192.0.2.1 }')).toMatch(/^200 1 ms\n?$/);
  });

  it('of a listener resets connections before a byte is read', async () => {
    const { url, logLines, accessLines } = await startConfig(
      'listen: [{ address: 127.0.0.1, port: 0, connectionFilter: { deny: loopback } }]\nsites: { a: { routes: [{ path: /, respond: a }] } }',
    );
    await expect(curl(url)).rejects.toThrow(/curl ended with (?:7|35|52|55|56)/); // depends on how far curl has come
    await expect.poll(() => logLines.join('\n')).toContain('An address filter keeps clients out');
    expect(accessLines).toEqual([]);
    const other = await startConfig(
      'listen: [{ address: 127.0.0.1, port: 0, connectionFilter: { allow: loopback } }]\nsites: { a: { routes: [{ path: /, respond: a }] } }',
    );
    expect((await curl(other.url)).status).toBe(200);
  });
});
