import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { curl, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

/** Asks as a client of the site would, and says where it is sent. */
async function ask(url: string, ...args: string[]): Promise<string> {
  const { status, head, body } = await curl('-H', 'Host: shop.example', ...args, url);
  return `${status} ${/^location: (.*?)\r?$/im.exec(head)?.[1] ?? body}`;
}

describe('rules in front of a site', () => {
  it('move a site by a list of old addresses, and by rules', async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'moved.csv'),
      '# old,new\n/index.php?page=about,/about\n/shop.html,https://shop.example/store,308\n',
    );
    const { url } = await startServer(
      `redirect:
  - { map: moved.csv }
  - { from: /blog/:year/:month/*, to: /posts/*, status: 301 }
  - lower-case
rewrite:
  rules:
    - { from: /p/:id, to: "/product?id=:id" }
    - { from: /wp-admin/*, respond: 410 }
    - { pattern: "^/lang$", to: "/{languages:{C:1}}", when: [{ value: "{header.accept-language}", pattern: "^([a-z]{2})" }] }
  maps: { languages: { de: deutsch, "*": english } }
sites:
  shop:
    hosts: [shop.example]
    tests:
      - { request: "GET http://shop.example/p/7", expect: "/product?id=7" }
      - { request: "GET http://shop.example/blog/2020/05/x", expect: "301 /posts/x" }
    routes:
      - { path: /product, respond: a product }
      - { path: /deutsch, respond: hallo }
      - { path: /english, respond: hello }
      - { path: /, respond: page }
`,
      folder,
    );
    expect(await ask(`${url}/index.php?page=about`)).toBe('301 /about');
    expect(await ask(`${url}/shop.html?a=1`)).toBe('308 https://shop.example/store?a=1');
    expect(await ask(`${url}/blog/2020/05/hello-world?x`)).toBe('301 /posts/hello-world?x');
    expect(await ask(`${url}/About/Us`)).toBe('308 /about/us');
    expect(await ask(`${url}/p/7`)).toBe('200 a product');
    expect(await ask(`${url}/wp-admin/setup`)).toMatch(/^410 /);
    expect(await ask(`${url}/lang`, '-H', 'Accept-Language: de-DE')).toBe('200 hallo');
    expect(await ask(`${url}/lang`, '-H', 'Accept-Language: fr')).toBe('200 hello');
  });

  it('do not start when they break their tests', async () => {
    const folder = await temporaryFolder();
    const config =
      'redirect: { from: /a, to: /b }\nsites: { a: { tests: [{ request: "http://a/a", expect: "301 /b" }], hosts: [a], routes: [{ path: /, respond: page }] } }';
    await expect(startServer(config, folder)).rejects.toThrow(
      /expected of http:\/\/a\/a: status 301; found status 307/i,
    );
  });

  it('correct what an application says of itself, compressed or not', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.setHeader('Content-Location', 'http://inside.example/page');
      response.end('<a href="http://inside.example/next">http://inside.example/</a>');
    });
    const { url } = await startServer(
      `compress: true
outbound:
  - { header: Content-Location, pattern: "^http://inside\\\\.example(/.*)$", to: "https://{host}{1}" }
  - { links: all, find: "http://inside.example", to: "" }
sites: { a: { hosts: [shop.example], routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`,
      await temporaryFolder(),
    );
    const { head, body } = await curl('-H', 'Host: shop.example', '--compressed', url);
    expect(body).toBe('<a href="/next">http://inside.example/</a>');
    expect(head).toMatch(/^content-location: https:\/\/shop\.example\/page\r?$/im);
  });

  it('send careful headers, on errors too', async () => {
    const { url } = await startServer(
      'securityHeaders: true\nresponseHeaders: { set: { X-Served-By: "{host}" } }\nsites: { a: { hosts: [shop.example], routes: [{ path: /x, respond: page }] } }',
      await temporaryFolder(),
    );
    const { status, head } = await curl('-H', 'Host: shop.example', `${url}/missing`);
    expect(status).toBe(404);
    expect(head).toMatch(/^x-frame-options: SAMEORIGIN\r?$/im);
    expect(head).toMatch(/^x-served-by: shop\.example\r?$/im);
  });
});
