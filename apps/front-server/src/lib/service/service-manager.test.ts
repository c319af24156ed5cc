import { describe, expect, it } from 'vitest';
import type { ServiceFacts } from './service-facts.ts';
import { type ManagerName, managerOf, serviceManager } from './service-manager.ts';

const facts: ServiceFacts = {
  name: 'shop',
  node: '/usr/bin/node',
  program: '/opt/wind hover/main.js',
  config: '/etc/100%/w$x.yaml',
  isOfUser: false,
  account: null,
  writes: [],
  sockets: [],
};
const env = { HOME: '/home/ann' };
const textOf = (manager: ManagerName, more: Partial<ServiceFacts> = {}): string =>
  serviceManager(manager, { ...facts, ...more }, env).text;

describe('a unit for systemd', () => {
  it('starts the server with its paths as they are', () => {
    expect(textOf('systemd')).toContain(
      '\nExecStart=/usr/bin/node "/opt/wind hover/main.js" run --config /etc/100%%/w$$x.yaml\n',
    );
  });

  it('hears that the server is ready, reloads it, and lets it bind low ports without root', () => {
    const lines = textOf('systemd').split('\n');
    for (const line of [
      ...['Type=notify', 'NotifyAccess=all', 'ExecReload=/bin/kill -HUP $MAINPID', 'DynamicUser=yes'],
      ...['AmbientCapabilities=CAP_NET_BIND_SERVICE', 'ProtectSystem=strict', 'WantedBy=multi-user.target'],
    ])
      expect(lines).toContain(line);
  });

  it('may write to the folders of its logs, and is watched', () => {
    const text = textOf('systemd', { writes: ['/srv/my logs'] });
    expect(text).toContain('\nReadWritePaths="-/srv/my logs"\n');
    expect(text).toContain('\nWatchdogSec=180\n');
  });

  it('runs as an account that was named, or as the user', () => {
    expect(textOf('systemd', { account: 'www-data' })).toContain('\nUser=www-data\n');
    const own = textOf('systemd', { isOfUser: true });
    expect(own).toContain('WantedBy=default.target');
    expect(own).not.toMatch(/User=|Capabilit|Protect/);
  });
});

describe('serviceManager()', () => {
  it.each([
    ['systemd', false, '/etc/systemd/system/shop.service', 'systemctl enable --now shop'],
    ['systemd', true, '/home/ann/.config/systemd/user/shop.service', 'systemctl --user enable --now shop'],
    [
      'launchd',
      false,
      '/Library/LaunchDaemons/shop.plist',
      'launchctl bootstrap system /Library/LaunchDaemons/shop.plist',
    ],
  ] as const)('knows the place and the commands of %s (of a user: %s)', (manager, isOfUser, file, command) => {
    const service = serviceManager(manager, { ...facts, isOfUser }, env);
    expect(service.file).toBe(file);
    expect(service.install.map((words) => words.join(' '))).toContain(command);
  });

  it.each([
    ['linux', 'systemd'],
    ['darwin', 'launchd'],
    ['win32', 'winsw'],
  ] as const)('is on %s %s', (platform, manager) => {
    expect(managerOf(platform)).toBe(manager);
  });

  it.each(['launchd', 'winsw'] as const)('describes the service to %s in XML', (manager) => {
    const text = textOf(manager, { config: '/etc/a & b <c>.yaml' });
    expect(text).toContain('/etc/a &amp; b &lt;c&gt;.yaml');
    expect(unclosed(text)).toEqual([]);
  });
});

/** The elements that are not closed in order; empty for well-formed XML. */
function unclosed(xml: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, self] of xml.replace(/<[?!][^>]*>/g, '').matchAll(/<(\/?)([\w-]+)[^>]*?(\/?)>/g)) {
    if (self === '/') continue;
    if (slash === '') open.push(name!);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}
