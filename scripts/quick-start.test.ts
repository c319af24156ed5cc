import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

/** A folder that looks like the repository's root, with the files that the quick start has a reader save. */
function quickStartFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quick-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['apps', 'examples']) symlinkSync(join(root, name), join(folder, name));
  for (const [, name, text] of readme.matchAll(/^```\w+\n(?:#|\/\/) (\S+)\n([\s\S]*?)^```$/gm)) {
    writeFileSync(join(folder, name!), text!);
  }
  return folder;
}

const commands = [...readme.matchAll(/^node apps\/.*$/gm)].map(([line]) => line);

/** What a command of the quick start says until it ends, or until it serves. Ports are chosen by the system. */
async function paste(command: string, folder: string): Promise<string> {
  const args = command
    .replace(/--port \d+/, '--port 0')
    .split(' ')
    .slice(1);
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill());
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (/^ +stop /m.test(said)) child.kill();
    });
  }
  await once(child, 'close');
  return said;
}

it('has commands in its quick start', () => expect(commands).toHaveLength(3));

it.each(commands)('runs as pasted: %s', { timeout: 30_000 }, async (command) => {
  const folder = quickStartFolder();
  const config = join(folder, 'windhover.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replace('listen: [8080]', 'listen: [0]'));
  const said = await paste(command, folder);
  expect(said).toMatch(/check/.test(command) ? / is right\.\n$/ : /http:\/\//);
  expect(said).not.toMatch(/error|expected|cannot find/i);
});
