import { defineCommand } from './command.ts';

/** `windhover tokens`: tokens for programs that use the management API. */
export const tokensCommand = defineCommand({
  name: 'tokens',
  summary: 'make a token for a program that uses the management API',
  arguments: [
    { name: 'ACTION', summary: 'create', choices: ['create'] },
    { name: 'NAME', summary: 'who will use it, for the audit log' },
  ],
  details: 'The configuration gets the digest of the token only, so that who reads it cannot use it.',
  examples: ['windhover tokens create ci --role configure'],
  options: {
    role: {
      type: 'string',
      value: 'role',
      summary: 'what it may do: look reads, operate also acts on what runs, configure everything',
      choices: ['look', 'operate', 'configure'],
      default: 'look',
    },
    json: { type: 'boolean', summary: 'as JSON, for programs' },
  },
  async run({ options: { role, json }, arguments: [, name = ''], out }) {
    const { createToken } = await import('@windhover/admin');
    const { token, sha256 } = createToken();
    if (json) out(`${JSON.stringify({ token, name, role, sha256 })}\n`);
    else
      out(
        `${token}\n\nIt is shown only now. For the configuration:\n\nadmin:\n  tokens:\n    - { name: ${JSON.stringify(name)}, role: ${role}, sha256: '${sha256}' }\n`,
      );
    return 0;
  },
});
