import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appFile, spawnApp, startApp, temporaryFolder } from './app-process.ts';

/** A module of these lines, and the folder that it is in. */
async function moduleOf(code: string, name = 'app.mjs'): Promise<{ readonly file: string; readonly folder: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, name);
  await writeFile(file, code);
  return { file, folder };
}

async function failure(args: readonly string[]): Promise<string> {
  const app = spawnApp([...args, '--port', '0']);
  expect(await app.exited).toBe(1);
  return app.said();
}

describe('an application that cannot be loaded', () => {
  it.each([[[]], [['--workers', '1']]])('is told with the frames of its author alone, %j', async (flags) => {
    const { file } = await moduleOf(
      `import { readFileSync } from 'node:fs';
       function connect() {
         try { readFileSync('/nowhere'); } catch (cause) { throw new Error('no database', { cause }); }
       }
       connect();`,
    );
    const said = await failure([file, ...flags]);
    expect(said).toMatch(/^Error: no database\n {8}at connect \(file:.*app\.mjs:3:\d+\)\n {8}at file:.*app\.mjs:5:8\n/);
    expect(said).toContain("    Caused by: Error: ENOENT: no such file or directory, open '/nowhere'");
    expect(said.match(/^ +at .*/gm)!.filter((frame) => !frame.includes(file))).toEqual([]);
    expect(said.match(/no database/g)).toHaveLength(1);
  });

  it.each<[string, string, string, string]>([
    [
      'an ES module',
      'app.mjs',
      'const a = 1;\nconst b = ;\n',
      ':2\n    const b = ;\n              ^\n\n    SyntaxError: ',
    ],
    ['CommonJS', 'app.cjs', 'const a = 1;\nconst b = ;\n', ':2\n    const b = ;\n              ^\n\n    SyntaxError: '],
  ])('is told with the place of a syntax error in %s', async (_what, name, code, says) => {
    const { file } = await moduleOf(code, name);
    const said = await failure([file]);
    expect(said).toContain(file + says);
    expect(said).not.toContain('    at ');
  });

  it.each(['import "./parts/one.mjs";', 'await import("./parts/one.mjs");'])(
    'is told with the place of a syntax error in what it imports: %s',
    async (code) => {
      const { file, folder } = await moduleOf(`${code}\nexport default () => {};`);
      await mkdir(join(folder, 'parts'));
      await writeFile(join(folder, 'parts/one.mjs'), "export * from '../two.mjs';");
      await writeFile(join(folder, 'two.mjs'), "// import './nowhere.mjs'\nexport const two = 2;\nexport const = 3;\n");
      expect(await failure([file])).toContain(
        `${join(folder, 'two.mjs')}:3\n    export const = 3;\n                 ^\n\n    SyntaxError`,
      );
    },
  );

  it('is not run to find the place of a syntax error', async () => {
    const { file, folder } = await moduleOf(
      `import { appendFileSync } from 'node:fs';
       appendFileSync(new URL('ran', import.meta.url), 'x');
       await import('./broken.mjs');`,
    );
    await writeFile(join(folder, 'broken.mjs'), 'export const = 3;');
    expect(await failure([file])).toContain('broken.mjs:1\n');
    expect(await readFile(join(folder, 'ran'), 'utf8')).toBe('x');
  });

  it.each<[string, string, string, string]>([
    ['an error of JSON.parse', 'app.mjs', 'JSON.parse("{");', 'app.mjs:1:6'],
    ['something that is no error', 'app.mjs', 'throw { reason: 7 };', 'The application threw { reason: 7 }'],
    ['a module that is missing', 'app.mjs', "import './gone.mjs';", 'gone.mjs'],
    [
      'an error with a code like ours',
      'app.mjs',
      'throw Object.assign(new Error(), { code: "SERVER_X" });',
      'app.mjs:1:',
    ],
    ['process.exit()', 'app.mjs', 'process.exit(0);', 'app.mjs never finished starting: it called process.exit(0).\n'],
    ['a key too many', 'app.mjs', 'export default { handler() {}, stpo() {} };', 'found stpo. Did you mean stop?\n'],
    ['a promise that rejects', 'app.mjs', 'export default Promise.reject(new Error("late"));', 'Error: late'],
    ['an export with another name', 'app.mjs', 'export const handler = () => {};', 'found only handler'],
    ['JSON', 'app.json', '{}', 'a configuration file is given with --config'],
    ['YAML', 'app.yaml', '', 'a configuration file is given with --config'],
    ['a file of another kind', 'app.png', '', 'Node loads no files of the kind .png'],
    ['a device', '/dev/null', '', '/dev/null: expected a module, found a device'],
  ])('may have %s', async (_what, name, code, says) => {
    const file = name.startsWith('/') ? name : (await moduleOf(code, name)).file;
    expect(await failure([file])).toContain(says);
  });

  it.each([[[]], [['--log-format', 'json']]])(
    'may end the process, which is told with its exit code, %j',
    async (flags) => {
      const { file } = await moduleOf('process.exit(7);');
      const app = spawnApp([file, '--port', '0', ...flags]);
      expect(await app.exited).toBe(7);
      expect(app.said()).toContain(`${file} never finished starting: it called process.exit(7).`);
      expect(app.said().trimEnd().split('\n')).toHaveLength(1);
    },
  );

  it.each([
    ['process.exit(7)', 7, 'ended the server: it called process.exit(7).'],
    ['process.exit(0)', 0, 'ended the server: it called process.exit(0).'],
    ['setImmediate(() => { throw new Error("late"); })', 1, 'Error: late'],
    [
      'process.on("uncaughtException", () => process.exit(3)); setImmediate(() => { throw new Error("late"); })',
      3,
      'ended the server: it called process.exit(3).',
    ],
  ])('may end the process later: %s', async (code, exitCode, says) => {
    const { file } = await moduleOf(`export default { listener: () => { ${code}; } };`);
    const app = await startApp(file);
    const { length } = app.said();
    await fetch(app.url).catch(() => undefined);
    expect(await app.exited).toBe(exitCode);
    const said = app.said().slice(length);
    expect(said).toContain(says);
    expect(said.includes('ended the server')).toBe(says.startsWith('ended'));
  });

  it.each([[[]], [['--workers', '1']], [['--log-format', 'json']]])(
    'forges no line and no escape sequence, %j',
    async (flags) => {
      const { file } = await moduleOf(
        String.raw`throw new Error('a\n2026-01-01T00:00:00.000Z info forged\r{"level":"info"}\n{"level":"info"}\u001b[2J');`,
      );
      const said = await failure([file, ...flags]);
      expect(said).toContain('forged');
      expect(said).not.toMatch(/[\u001b\r]|^2026-01-01|^\{"level"/m);
    },
  );

  it('may be Fastify that listens by itself', async () => {
    const fastify = import.meta.resolve('fastify');
    const { file } = await moduleOf(
      `import Fastify from '${fastify}';
       const app = Fastify();
       await app.listen({ port: 0 });
       export default { fastify: app };`,
    );
    expect(await failure([file])).toBe(
      `${file}: fastify in the default export listens already: leave app.listen() out, this server listens in its place\n`,
    );
  });
});

it.each([[[]], [['--workers', '1']]])('warns of an application that listens by itself too, %j', async (flags) => {
  const { file } = await moduleOf(
    `import { createServer } from 'node:http';
     const listener = (request, response) => response.end('Hello');
     createServer(listener).listen(0, '127.0.0.1');
     export default { listener };`,
  );
  const app = await startApp(file, ...flags);
  expect(app.said()).toContain('The application listens by itself too: leave app.listen() out');
  const quiet = await startApp('handler.mjs', ...flags);
  expect(quiet.said()).not.toContain('listens by itself');
  app.child.kill('SIGTERM');
  expect(await app.exited).toBe(0);
});

it('takes what a compiler makes of export default in CommonJS', async () => {
  const { file } = await moduleOf(
    "exports.__esModule = true; exports.default = { fetch: () => new Response('compiled') };",
    'app.cjs',
  );
  const app = await startApp(file);
  expect(await (await fetch(app.url)).text()).toBe('compiled');
});

it.each([[[]], [['--workers', '1']]])(
  'takes TypeScript where Node does, and says what to do elsewhere, %j',
  async (flags) => {
    const { file, folder } = await moduleOf(
      `import { text } from './text.ts';
     export default { fetch: (_request: Request): Response => new Response(text) };`,
      'app.ts',
    );
    await writeFile(join(folder, 'text.ts'), "export const text: string = 'typed';");
    if ('typescript' in process.features && process.features.typescript !== false) {
      const app = await startApp(file, ...flags);
      expect(await (await fetch(app.url)).text()).toBe('typed');
    } else {
      expect(await failure([file, ...flags])).toContain(`${file}: this Node cannot load it: build it to JavaScript`);
    }
  },
);

it('tells once what 4 workers could not load, and how many they were', async () => {
  const { file } = await moduleOf('throw new Error("not today");');
  const said = await failure([file, '--workers', '4']);
  expect(said).toMatch(
    /^Error: not today\n {8}at file:.*app\.mjs:1:7\nA worker did not become ready: the start of all 4 was given up, because it ended with exit code 1\n$/,
  );
});

it.each([[[]], [['--log-format', 'json']]])('tells a failed reload once, %j', async (flags) => {
  const { file } = await moduleOf('export default () => {};');
  const app = await startApp(file, '--workers', '2', ...(flags as string[]));
  await writeFile(file, 'throw new Error("not today");');
  app.child.kill('SIGHUP');
  await app.says('The reload was abandoned');
  app.child.kill('SIGTERM');
  expect(await app.exited).toBe(0);
  const inLines = app
    .said()
    .split('\n')
    .filter((line) => line.includes('not today') && !line.startsWith('{'));
  expect(inLines).toEqual(['Error: not today']);
  expect(app.said().match(/did not become ready/g)).toHaveLength(flags.length === 0 ? 1 : 2); // the stack of JSON has it too
});

it.each([[[]], [['--workers', '1']], [['--log-format', 'json']]])(
  'warns of a misspelt variable before everything else, %j',
  async (flags) => {
    const app = spawnApp([appFile('handler.mjs'), '--port', '0', ...flags], { WINDHOVER_PROT: '80' });
    await app.says(/ stop +Ctrl|is ready/);
    const [first] = app.said().split('\n');
    expect(first).toContain('The variable WINDHOVER_PROT means nothing here. Did you mean WINDHOVER_PORT?');
    expect(first).toContain('warn');
  },
);

it('has stopped as it was asked to when a signal comes while workers start', async () => {
  const { file } = await moduleOf(
    'console.log("Starting"); await new Promise((resolve) => setTimeout(resolve, 60_000));',
  );
  const app = spawnApp([file, '--workers', '1', '--port', '0']);
  await app.says('Starting');
  app.child.kill('SIGTERM');
  expect([await app.exited, app.said()]).toEqual([0, expect.stringMatching(/Stopped\.\n$/)]);
});
