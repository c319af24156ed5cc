import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { logFolders } from '../service/log-folders.ts';
import { execute, installService, uninstallService } from '../service/manage-service.ts';
import type { ServiceFacts, ServiceSocket } from '../service/service-facts.ts';
import {
  type ManagerName,
  managerNames,
  managerOf,
  type ServiceManager,
  serviceManager,
} from '../service/service-manager.ts';
import { serviceSockets } from '../service/service-sockets.ts';
import { socketUnitName } from '../service/systemd-unit.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { refuseProblems } from './refuse-problems.ts';
import { withConfig } from './with-config.ts';

/** `windhover service install`: starts the server with the system. */
export const serviceCommand = defineCommand({
  name: 'service',
  summary: 'start the server with the system: systemd, launchd, or WinSW on Windows',
  arguments: [{ name: 'ACTION', summary: 'install, uninstall or status', choices: ['install', 'uninstall', 'status'] }],
  options: {
    config: configOption,
    print: { type: 'boolean', summary: 'only print what would be written; needs no rights' },
    socket: {
      type: 'boolean',
      summary: 'let systemd open the ports, which keep waiting connections while the server restarts',
    },
    user: { type: 'boolean', summary: 'a service of this user instead of the system' },
    name: { type: 'string', value: 'name', summary: 'the name of the service', default: 'windhover' },
    account: {
      type: 'string',
      value: 'user',
      summary: 'the account that runs it (default: one made by systemd for it)',
    },
    manager: {
      type: 'string',
      value: 'which',
      summary: 'what runs it (default: what this system has)',
      choices: managerNames,
    },
  },
  examples: [
    'windhover service install --print',
    'sudo windhover service install -c /etc/windhover.yaml',
    'windhover service status',
  ],
  async run({ options, arguments: [action], env, out, err }) {
    const { name, config, print, user, socket, account = null } = options;
    const wrong =
      [name, account ?? ''].find((word) => !/^[\w.-]*$/.test(word) || word.startsWith('-')) ??
      (name === '' ? name : undefined);
    if (wrong !== undefined) {
      err(`A name has letters, digits, \`.\`, \`_\` and \`-\`, found "${wrong}".\n`);
      return 2;
    }
    const manager = (options.manager ?? managerOf(process.platform)) as ManagerName;
    const paths = { node: process.execPath, program: programFile(), config: resolve(config) };
    const bare: ServiceFacts = { name, ...paths, isOfUser: user, account, writes: [], sockets: [] };
    const describe = (facts: ServiceFacts): ServiceManager => serviceManager(manager, facts, env);
    if (print && !existsSync(config)) {
      err(`There is no ${config} yet: the service would not start.\n`);
      return socket ? 2 : printService(describe(bare), out);
    }
    const service = describe(bare);
    if (!print && service.status === null) return explainWinsw(service, name, err);
    const work = { out, err, execute };
    if (action === 'status' && !print && service.status !== null)
      return execute(service.status) ?? notThere(service.status[0], err);
    if (action === 'install' && socket && manager !== 'systemd') {
      err(`--socket is for systemd: ${manager} opens no ports for a service.\n`);
      return 2;
    }
    return withConfig(
      config,
      (loaded) => {
        if (!loaded.ok && action === 'uninstall') return uninstallService(service, work);
        if (!loaded.ok) return refuseProblems(loaded.problems, err);
        const wanted =
          socket || action === 'uninstall' ? serviceSockets(loaded.config.listeners.map(({ address }) => address)) : [];
        if (typeof wanted === 'string' && socket) {
          err(`${wanted}\n`);
          return 2;
        }
        const sockets =
          typeof wanted === 'string' ? [] : wanted.filter((each) => socket || isInstalled(service, name, each));
        const own = ['/var/log', '/var/lib', '/run'].map((folder) => `${folder}/${name}`);
        const writes = logFolders(loaded.written.value, dirname(paths.config)).filter(
          (folder) => !own.some((each) => folder === each || folder.startsWith(`${each}/`)),
        );
        if (!user && account === null && manager === 'systemd' && writes.length > 0 && action === 'install')
          err(
            `The account that systemd makes for the service owns only /var/log/${name}: put log files there, or name an --account that may write to ${writes.join(', ')}.\n`,
          );
        const full = describe({ ...bare, writes, sockets });
        if (print) return printService(full, out);
        return action === 'uninstall' ? uninstallService(full, work) : installService(full, work);
      },
      { env },
    );
  },
});

/** Whether there is a unit of the socket from an installation before. */
function isInstalled({ file }: ServiceManager, name: string, socket: ServiceSocket): boolean {
  return existsSync(join(dirname(file), socketUnitName(name, socket)));
}

/** The program that runs now, without symbolic links such as npm makes for commands. */
function programFile(): string {
  const file = resolve(process.argv[1] ?? 'main.js');
  try {
    return realpathSync(file);
  } catch {
    return file; // it was removed while it runs
  }
}

function printService({ text, file, more }: ServiceManager, out: (text: string) => void): 0 {
  out(text.startsWith('<') ? text : `# ${file}\n${text}`);
  for (const each of more) out(`\n# ${each.file}\n${each.text}`);
  return 0;
}

function explainWinsw({ file }: ServiceManager, name: string, err: (text: string) => void): 1 {
  err(`Windhover does not install services on Windows. WinSW (https://github.com/winsw/winsw) does, for free:
  1. windhover service install --print > ${file}
  2. put WinSW-x64.exe beside it, as ${name}.exe
  3. ${name}.exe install, then ${name}.exe start
`);
  return 1;
}

function notThere(program: string, err: (text: string) => void): 1 {
  err(`${program} is not installed here.\n`);
  return 1;
}
