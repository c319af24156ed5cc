import { bashCompletion } from '../completion/bash-completion.ts';
import { fishCompletion } from '../completion/fish-completion.ts';
import { zshCompletion } from '../completion/zsh-completion.ts';
import { defineCommand } from './command.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `windhover completion SHELL`: a script that completes commands and options. */
export const completionCommand = defineCommand({
  name: 'completion',
  summary: 'print a script with which a shell completes commands and options',
  arguments: [{ name: 'SHELL', summary: 'the shell: bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
  options: {},
  examples: [
    'source <(windhover completion bash)',
    'windhover completion zsh > ~/.zfunc/_windhover',
    'windhover completion fish > ~/.config/fish/completions/windhover.fish',
  ],
  run({ arguments: [shell], commands, out }) {
    out(shells[shell as keyof typeof shells](commands));
    return 0;
  },
});
