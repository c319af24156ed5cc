import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { execute, installService, uninstallService } from '../service/manage-service.ts';
import {
  type ManagerName,
  managerNames,
  managerOf,
  type ServiceManager,
  serviceManager,
} from '../service/service-manager.ts';
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
    const { name, config, print, user, account = null } = options;
    const wrong =
      [name, account ?? ''].find((word) => !/^[\w.-]*$/.test(word) || word.startsWith('-')) ??
      (name === '' ? name : undefined);
    if (wrong !== undefined) {
      err(`A name has letters, digits, \`.\`, \`_\` and \`-\`, found "${wrong}".\n`);
      return 2;
    }
    const manager = (options.manager ?? managerOf(process.platform)) as ManagerName;
    const paths = { node: process.execPath, program: programFile(), config: resolve(config) };
    const facts = { name, ...paths, isOfUser: user, account };
    const service = serviceManager(manager, facts, env);
    if (print) return printService(service, out);
    if (service.status === null) return explainWinsw(service, name, err);
    const work = { out, err, execute };
    switch (action) {
      case 'uninstall':
        return uninstallService(service, work);
      case 'status':
        return execute(service.status) ?? notThere(service.status[0], err);
      default:
        return withConfig(
          config,
          (loaded) => (loaded.ok ? installService(service, work) : refuseProblems(loaded.problems, err)),
          env,
        );
    }
  },
});

/** The program that runs now, without symbolic links such as npm makes for commands. */
function programFile(): string {
  const file = resolve(process.argv[1] ?? 'main.js');
  try {
    return realpathSync(file);
  } catch {
    return file; // it was removed while it runs
  }
}

function printService({ text, file }: ServiceManager, out: (text: string) => void): 0 {
  out(text.startsWith('<') ? text : `# ${file}\n${text}`);
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
