import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

const site = (...routes: string[]): string => `sites: { a: { routes: [${routes.join(', ')}] } }\n`;

describe('requestFilter', () => {
  it('takes a preset alone, and more on top', async () => {
    const alone = await handlerOf(`requestFilter: iis-defaults\n${site('{ path: /, respond: a }')}`);
    expect((await runHandler(alone, '/bin/x')).status).toBe(404);
    expect((await runHandler(alone, '/x')).status).toBe(200);
    const options =
      '{ preset: [iis-defaults], maxUrl: 1KB, hiddenSegments: [secret], extensions: { remove: [.cs] }, encodedCharacters: { "%2f": reject } }';
    const more = await handlerOf(`requestFilter: ${options}\n${site('{ path: /, respond: a }')}`);
    const statuses = [];
    for (const url of ['/x.cs', '/x.vb', '/secret/x', '/a%2fb', `/${'a'.repeat(1000)}`])
      statuses.push((await runHandler(more, url)).status);
    expect(statuses).toEqual([200, 404, 404, 400, 404]);
  });

  it('of a route stands in for that of the site, and false takes it away', async () => {
    const handler = await handlerOf(
      `requestFilter: iis-defaults\n${site('{ path: /a, requestFilter: { maxUrl: 2KB }, respond: a }', '{ path: /b, requestFilter: false, respond: b }', '{ path: /, respond: c }')}`,
    );
    const statuses = [];
    for (const url of ['/a/bin/', '/b/bin/', '/c/bin/']) statuses.push((await runHandler(handler, url)).status);
    expect(statuses).toEqual([200, 200, 404]);
  });

  it('refuses before auth, and error pages do not tell why', async () => {
    const handler = await handlerOf(
      `errorPages: true\nrequestFilter: iis-defaults\n${site('{ path: /, auth: { basic: { users: { list: {} } } }, respond: a }')}`,
    );
    const refused = await runHandler(handler, { url: '/bin/x', headers: { accept: 'text/html' } });
    expect([refused.status, refused.text()]).toEqual([404, expect.not.stringMatching(/404\.8|hidden|FILTER/)]);
    expect(refused.text()).toContain('<');
  });

  it.each([
    ['{ presett: strict }', 'Did you mean `preset`'],
    ['{ extensions: { deny: [exe] } }', 'an extension such as .config'],
    ['{ rules: [{ name: a, deny: [x] }] }', 'a rule must search something'],
    ['{ strict: { except: [sql] } }', 'it changes the preset `strict`'],
  ])('says what is wrong with %s', async (options, message) => {
    await expect(handlerOf(`requestFilter: ${options}\n${site('{ path: /, respond: a }')}`)).rejects.toThrow(message);
  });
});
