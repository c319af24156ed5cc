// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written like that
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, windhover } from './command-fixtures.ts';

const text = `listen: { port: "\${PORT}", address: 127.0.0.1 }
include: sites/*.yaml
limits: { requestBody: "\${BODY:-5MB}" }
upstreams: { shop: ["http://a:1", "http://b:2"] }
accessLog: { to: ./access.log, format: json }
`;
const site = `sites:
  shop:
    hosts: [shop.org]
    routes:
      - path: /
        respond: { body: "\${API_TOKEN}", headers: { X-A: "\${PORT}" } }
`;

describe('windhover print', () => {
  it('prints every value with the place it comes from, and the defaults', async () => {
    const folder = await folderWith({ 'w.yaml': text, 'sites/a.yaml': site });
    const env = { PORT: '81', API_TOKEN: 'hidden' };
    const { code, stdout, stderr } = await windhover(['print', '-c', join(folder, 'w.yaml')], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const printed = stdout.replace(/(\S*\/)?(w|a)\.yaml/g, '$2.yaml');
    expect(printed).toContain('  port: 81 # environment PORT; w.yaml:1\n  address: 127.0.0.1 # w.yaml:1\n');
    expect(printed).toContain('limits:\n  requestBody: 5MB # default of ${BODY:-5MB}; w.yaml:3\n');
    expect(printed).toContain('  # requestLine: default 8KiB\n');
    expect(printed).toContain('  shop: [ http://a:1, http://b:2 ] # w.yaml:4\n');
    expect(printed).toContain('          body: ${API_TOKEN} # environment API_TOKEN, not shown; a.yaml:6\n');
    expect(printed).toContain('          status: 200 # default\n');
    expect(printed).toContain('\nerrorPages: true # default\n');
    expect(stdout).not.toContain('hidden');
    expect(stdout).not.toContain('syslog'); // it may be left out, and then nothing of it is in effect

    const again = join(await folderWith({ 'again.yaml': stdout }), 'again.yaml');
    expect(await windhover(['check', '-c', again], env)).toMatchObject({ code: 0, stderr: '' });
  });

  it('says the defaults of features that are written in their short form', async () => {
    const route = '{ path: /, hsts: 30d, compress: true, cors: false, static: . }';
    const folder = await folderWith({ 'w.yaml': `sites:\n  a:\n    routes:\n      - ${route}\n` });
    const { stdout } = await windhover(['print', '-c', join(folder, 'w.yaml')]);
    const printed = stdout.replace(/(\S*\/)?w\.yaml/g, 'w.yaml');
    expect(printed).toMatch(
      / hsts: 30d\s+# w\.yaml:4\n +# includeSubDomains: default false, since one of them may not have HTTPS yet\n/,
    );
    expect(printed).toMatch(/ compress: true\s+# w\.yaml:4\n(?: +# .*\n)* +# minSize: default 1KiB, /);
    expect(printed).not.toContain('maxAge'); // it is what stands there
    expect(printed).toContain(' cors: false # w.yaml:4\n');
    const again = join(await folderWith({ 'again.yaml': stdout }), 'again.yaml');
    expect(await windhover(['check', '-c', again])).toMatchObject({ stderr: '' });
  });

  it('prints the problems of a wrong configuration', async () => {
    const file = join(await folderWith({ 'w.yaml': 'sites: 5' }), 'w.yaml');
    expect(await windhover(['print', '-c', file])).toMatchObject({ code: 2, stdout: '' });
  });

  it('prints the schema for editors, which allows references', async () => {
    const { code, stdout } = await windhover(['print', '--schema']);
    const schema = JSON.parse(stdout) as { properties: Record<string, { properties: Record<string, unknown> }> };
    expect(code).toBe(0);
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Windhover' });
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['listen', 'include', 'sites', 'upstreams']));
    expect(schema.properties['limits']!.properties['headerCount']).toMatchObject({
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '\\$\\{' },
      ],
    });
  });
});
