import { homedir } from 'node:os';
import { join } from 'node:path';
import { launchdPlist } from './launchd-plist.ts';
import type { ServiceFacts } from './service-facts.ts';
import { socketUnitName, systemdSocketUnit, systemdUnit } from './systemd-unit.ts';
import { winswXml } from './winsw-xml.ts';

/** The programs that run services. */
export const managerNames = ['systemd', 'launchd', 'winsw'] as const;

/** The name of a program that runs services. */
export type ManagerName = (typeof managerNames)[number];

/** A command to run: the program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** How a service is described to the program that runs it, and how that program is told. */
export interface ServiceManager {
  /** The description. */
  readonly text: string;
  /** Where it belongs. */
  readonly file: string;
  /** Further files: the units of sockets. */
  readonly more: readonly { readonly file: string; readonly text: string }[];
  /** Run in order, after the file is written. Empty: Windhover does not install it there. */
  readonly install: readonly CommandLine[];
  /** Run in order, before the file is removed. */
  readonly uninstall: readonly CommandLine[];
  /** Run after the file is removed. */
  readonly afterwards: readonly CommandLine[];
  readonly status: CommandLine | null;
}

/** Returns the manager that comes with a system. */
export function managerOf(platform: NodeJS.Platform): ManagerName {
  return platform === 'darwin' ? 'launchd' : platform === 'win32' ? 'winsw' : 'systemd';
}

/** Describes a service to a manager. */
export function serviceManager(
  manager: ManagerName,
  facts: ServiceFacts,
  env: Readonly<Record<string, string | undefined>>,
): ServiceManager {
  const { name, isOfUser } = facts;
  const home = env['HOME'] ?? homedir();
  switch (manager) {
    case 'systemd': {
      const folder = isOfUser
        ? join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'systemd/user')
        : '/etc/systemd/system';
      const systemctl = (...args: string[]): CommandLine => ['systemctl', ...(isOfUser ? ['--user'] : []), ...args];
      const sockets = facts.sockets.map((socket) => socketUnitName(name, socket));
      return {
        text: systemdUnit(facts),
        file: join(folder, `${name}.service`),
        more: facts.sockets.map((socket) => ({
          file: join(folder, socketUnitName(name, socket)),
          text: systemdSocketUnit(facts, socket),
        })),
        install: [systemctl('daemon-reload'), systemctl('enable', '--now', ...sockets, name)],
        uninstall: [systemctl('disable', '--now', ...sockets, name)],
        afterwards: [systemctl('daemon-reload')],
        status: systemctl('status', '--no-pager', name),
      };
    }
    case 'launchd': {
      const folder = isOfUser ? join(home, 'Library/LaunchAgents') : '/Library/LaunchDaemons';
      const file = join(folder, `${name}.plist`);
      const domain = isOfUser ? `gui/${process.getuid?.() ?? 501}` : 'system';
      return {
        text: launchdPlist(facts),
        file,
        more: [],
        install: [['launchctl', 'bootstrap', domain, file]],
        uninstall: [['launchctl', 'bootout', `${domain}/${name}`]],
        afterwards: [],
        status: ['launchctl', 'print', `${domain}/${name}`],
      };
    }
    case 'winsw':
      return {
        text: winswXml(facts),
        file: `${name}.xml`,
        more: [],
        install: [],
        uninstall: [],
        afterwards: [],
        status: null,
      };
  }
}
