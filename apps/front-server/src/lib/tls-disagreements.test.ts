import { describe, expect, it } from 'vitest';
import { inspectConfig } from './inspect-config.ts';

function check(text: string): Promise<readonly string[]> {
  return inspectConfig({ file: '/etc/windhover.yaml', text }, (loaded) =>
    loaded.ok ? [] : loaded.problems.map(({ path, message }) => `${path}: ${message}`),
  );
}

describe('tlsDisagreements()', () => {
  const needed = 'expected `acme` or `local` beside `folder` under `certificates`, found neither';
  const text = (listener: string, site: string): string =>
    `certificates: { folder: / }\nlisten: { port: 443, tls: ${listener} }\nsites: { a: { hosts: [a.example], ${site} routes: [{ path: /, respond: 200 }] } }`;

  it('says that a folder with certificates needs no `tls: auto`', async () => {
    expect(await check(text('true', 'tls: auto,'))).toEqual([
      `sites.a.tls: ${needed}. The folder alone needs no \`auto\`: leave \`tls\` away here, beside a listener with \`tls: true\``,
    ]);
    expect(await check(text('auto', ''))).toEqual([
      `listen.tls: ${needed}. The folder alone needs no \`auto\`: write \`tls: true\``,
    ]);
    expect(await check(text('true', ''))).toEqual([]);
  });
});
