import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, windhover } from './command-fixtures.ts';

const text = `
listen: 8080
upstreams: { shop: { to: "http://127.0.0.1:3000" } }
sites:
  shop:
    hosts: [shop.example.com]
    errorPages: false
    routes:
      - { path: /api, proxy: shop }
      - { path: /, respond: hello }
`;

async function explain(...args: string[]) {
  const folder = await folderWith({ 'windhover.yaml': text });
  return windhover(['explain', ...args, '-c', join(folder, 'windhover.yaml')]);
}

describe('windhover explain', () => {
  it('says which application answers, and what it runs', async () => {
    const apps = 'apps: { blog: { command: [node, server.js], instances: 2 } }\n';
    const site = 'sites: { a: { routes: [{ path: /blog, app: { name: blog, stripPrefix: true } }] } }\n';
    const folder = await folderWith({ 'windhover.yaml': apps + site });
    const file = join(folder, 'windhover.yaml');
    const { code, stdout } = await windhover(['explain', 'GET', 'http://localhost/blog/posts', '-c', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/forwards \/posts to the application `blog`: it runs `node`, 2 instances/);
  });

  it('says that a default is replaced, and not one thing by itself', async () => {
    const own = 'accessLog: console\nsites: { a: { routes: [{ path: /, respond: one }] } }\n';
    const file = join(await folderWith({ 'windhover.yaml': own }), 'windhover.yaml');
    const { stdout } = await windhover(['explain', 'GET', 'http://localhost/', '-c', file]);
    expect(stdout).toMatch(/accessLog +default +it is the default, and the configuration has its own/);
    expect(stdout).not.toContain('accessLog stands in its place');
  });

  it('says how a request would be answered, and why', async () => {
    const { code, stdout, stderr } = await explain('GET', 'http://shop.example.com:8080/api/users?a=b');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`GET http://shop.example.com:8080/api/users?a=b

  client     127.0.0.1, from the connection
  listener   *:8080
  protocol   HTTP/1.1
  site       shop: it names the host shop.example.com
  route      /api, sites.shop.routes[0]: it is the longest path that covers /api/users

Other routes:
  /   sites.shop.routes[1]   /api fits more closely

Layers, in the order in which the request goes through them:
  edge     accessLog   default                             writes a line to the console: its format is console, as nothing else is named
  origin   proxy       route, sites.shop.routes[0].proxy   forwards /api/users?a=b to http://127.0.0.1:3000: they are the addresses of the upstream \`shop\`

Not in effect for this request:
  errorPages   default   sites.shop.errorPages is \`false\`

Answer: proxy: forwards /api/users?a=b to http://127.0.0.1:3000
`);
  });

  it('takes fields and the client, and prints JSON', async () => {
    const { stdout } = await explain('GET', '/x', '-H', 'Host: shop.example.com', '--client', '::1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      client: { address: '::1' },
      site: { name: 'shop' },
      route: { path: '/' },
      answer: 'respond: answers 200',
    });
  });

  it('says what answers when no site does', async () => {
    const { code, stdout } = await explain('GET', '/');
    expect(code).toBe(0);
    expect(stdout).toContain('site       none: the request names no host, and there is no `defaultSite`');
    expect(stdout).toMatch(/\nAnswer: 421: no site is configured for this host\n$/);
  });

  it.each([
    [['get', '/'], 'METHOD is written in capitals: GET.'],
    [['GET', 'shop.example.com'], 'URL must begin with http://, https:// or /, found "shop.example.com".'],
    [['GET', '/', '-H', 'nonsense'], `-H must be 'Name: value', found "nonsense".`],
    [['GET', '/', '--client', 'me'], '--client must be an IP address, found "me".'],
    [['GET'], 'explain needs METHOD URL: URL is missing.'],
  ])('says what is wrong with %j', async (args, message) => {
    expect(await explain(...args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${message}\nSee windhover explain --help.\n`,
    });
  });
});
