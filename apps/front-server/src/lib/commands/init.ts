import { writeFileSync } from 'node:fs';
import { configTemplate } from '../config-template.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';

/** `windhover init`: writes a first configuration. */
export const initCommand = defineCommand({
  name: 'init',
  summary: 'write a first windhover.yaml, with comments',
  options: {
    config: { ...configOption, summary: 'the file to write' },
    force: { type: 'boolean', summary: 'write even if the file exists, which loses what is in it' },
  },
  run({ options: { config, force }, version, out, err }) {
    if (!/\.ya?ml$/.test(config)) {
      err(`The file must end in .yaml, found "${config}".\n`);
      return 2;
    }
    try {
      writeFileSync(config, configTemplate(version), { flag: force ? 'w' : 'wx' });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      err(
        code === 'EEXIST'
          ? `${config} exists already: --force overwrites it.\n`
          : `Cannot write ${config}: ${message}\n`,
      );
      return 1;
    }
    const named = config === configOption.default ? '' : ` -c ${config}`;
    out(`Wrote ${config}. Next:
  windhover run${named}      then open http://localhost:8080/
  windhover check${named}    after each change
`);
    return 0;
  },
});
