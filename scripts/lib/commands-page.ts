import type { Command } from '../../apps/front-server/src/lib/commands/command.ts';
import { formatCommandHelp, formatHelp } from '../../apps/front-server/src/lib/format-help.ts';

/** The reference of the commands of `windhover`, drawn from their table. */
export function drawCommandsPage(commands: readonly Command[]): string {
  const sections = commands.map(
    (command) => `## \`windhover ${command.name}\`\n\n${block(formatCommandHelp(command))}`,
  );
  return `# Commands

Drawn from the table of commands: \`WRITE=1 npx vitest run scripts/commands-page.test.ts\` draws it anew. \`windhover <command> --help\` prints the same.

${block(formatHelp(commands))}
${sections.join('\n')}`;
}

function block(text: string): string {
  return `\`\`\`\n${text}\`\`\`\n`;
}
