import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { curl, execute, type Finished, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

async function writeConfig(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'windhover.yaml');
  await writeFile(file, text);
  return file;
}

const windhover = (...args: string[]): Promise<Finished> => execute(process.execPath, [main, ...args]);

/** The server of a configuration, as a process of its own. */
async function run(config: string, env: Record<string, string> = {}): ReturnType<typeof start> {
  return start(['run', '--config', await writeConfig(config)], env);
}

/** A command that runs the server, as a process of its own, once it has said where it listens. */
async function start(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{
  url: string;
  kill(signal: NodeJS.Signals): void;
  done: Promise<Finished>;
  heard(text: string): Promise<void>;
  stopReading(): void;
  /** The exit code, whatever is left to be read. */
  exited(): Promise<number | null>;
}> {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const done = new Promise<Finished>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  const heard = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (stdout.includes(text) && resolve());
      child.stdout.on('data', look);
      child.once('close', () => reject(new Error(`It ended without "${text}": ${stdout}${stderr}`)));
      look();
    });
  await heard('Ctrl+C');
  return {
    url: /http:\/\/\S+\d/.exec(stdout)![0],
    kill: (signal) => child.kill(signal),
    done,
    heard,
    stopReading: () => void child.stdout.pause(),
    exited: () => new Promise((resolve) => child.once('exit', resolve)),
  };
}

/** A connection that is kept. `say` resolves with what was answered once `text` has come as often as expected. */
function speak(url: string): { say(request: string, text: string, times?: number): Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
  onTestFinished(() => void socket.destroy());
  return {
    say: (request, text, times = 1) =>
      new Promise((resolve, reject) => {
        let answer = '';
        const closed = (): void => reject(new Error(`It was closed after: ${answer.slice(0, 200)}`));
        const read = (chunk: string): void => {
          answer += chunk;
          if (answer.split(text).length <= times) return;
          socket.off('data', read).off('close', closed);
          resolve(answer);
        };
        socket.on('data', read).once('close', closed).write(request);
      }),
  };
}

// The process runs what was built: `npx turbo run build` comes before.
describe.runIf(existsSync(main))('windhover', () => {
  it('check says that a configuration is right', async () => {
    const file = await writeConfig('sites: { a: { routes: [{ path: /, respond: {} }] } }');
    expect(await windhover('check', '--config', file)).toEqual({ code: 0, stdout: `${file} is right.\n`, stderr: '' });
  });

  it.each(['check', 'run'])('%s prints every problem and ends with 2', async (command) => {
    const file = await writeConfig(
      'sites:\n  a:\n    routes:\n      - path: /\n        statc: { root: . }\n      - path: b\n        respond: {}\n',
    );
    expect(await windhover(command, '--config', file)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${file}:5:9  sites.a.routes[0].statc
  5 |         statc: { root: . }
    |         ^^^^^
  Expected a key that exists here, found \`statc\`. Did you mean \`static\`?

${file}:6:15  sites.a.routes[1].path
  6 |       - path: b
    |               ^
  Expected a path that begins with \`/\`, found "b". Did you mean \`/b\`?

2 problems in ${file}
`,
    });
  });

  it('answers --help, --version and misspelt commands', async () => {
    expect(await windhover('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Exit codes:') });
    expect((await windhover('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, stderr } = await windhover('chek');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^There is no command chek\. Did you mean check\?\n/);
  });

  it('says that a port is in use, without a stack, and ends with 1', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const file = await writeConfig(`listen: 127.0.0.1:${port}\nsites: { a: { routes: [{ path: /, respond: {} }] } }`);
    const { code, stderr } = await windhover('run', '--config', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Another process listens there: 127\.0\.0\.1:\d+\. .*\n$/);
  });

  it.each([0, 2])(
    'says which file it cannot start with, without a stack, and ends with 1, with %i workers',
    async (workers) => {
      const route = '{ path: /, acme.file: {}, respond: {} }';
      const top = `plugins: [./plugin.mjs]\nlisten: 127.0.0.1:0\nworkers: ${workers}`;
      const file = await writeConfig(`${top}\nsites: { a: { routes: [${route}] } }`);
      // What is there when the configuration is checked, and gone when it is opened.
      await writeFile(
        join(dirname(file), 'plugin.mjs'),
        `const schema = { '~standard': { version: 1, vendor: 'acme', validate: (value) => ({ value }) } };
        const prepare = () => { throw Object.assign(new Error('missing: cannot be read'), { code: 'ACME_UNREADABLE' }); };
        const create = () => ({ layers: [], prepare });
        export default { name: 'acme.file', levels: ['route'], phases: ['shield'], combine: 'replace', schema, create };`,
      );
      const { code, stderr } = await windhover('run', '--config', file);
      expect(code).toBe(1);
      expect(stderr.match(/missing: cannot be read/g)).toHaveLength(1);
      expect(stderr).not.toMatch(/^ {4}at |HttpError/m);
    },
  );

  it('check finds a file of users that is missing', async () => {
    const file = await writeConfig(
      'users: { people: ./missing }\nsites: { a: { routes: [{ path: /, respond: {} }] } }',
    );
    const { code, stderr } = await windhover('check', '--config', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/users\.people\n[\s\S]*Expected a file that exists, as `windhover users add` writes it/);
  });

  it('serve serves a folder without a configuration', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'index.html'), 'from a folder');
    const server = await start(['serve', folder, '--port', '0']);
    expect(await curl(server.url)).toMatchObject({ status: 200, body: 'from a folder' });
  });

  it('proxy forwards to a port of this machine without a configuration', async () => {
    const { port } = await startUpstream((request, response) => response.end(`${request.headers.host} ${request.url}`));
    const server = await start(['proxy', `:${port}`, '--listen', '127.0.0.1:0', '--host', 'upstream']);
    expect((await curl(`${server.url}/a?b`)).body).toBe(`localhost:${port} /a?b`);
  });

  it('proxy speaks HTTP/2 with a server that knows nothing else', async () => {
    const upstream = createHttp2Server((request, response) => response.end(`${request.httpVersion} ${request.url}`));
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    onTestFinished(() => void upstream.close());
    const to = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const server = await start(['proxy', to, '--listen', '127.0.0.1:0', '--protocol', 'http2']);
    expect((await curl(`${server.url}/a`)).body).toBe('2.0 /a');
  });

  it('names a plugin that never finishes loading, instead of ending without a word', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'endless.mjs'), 'await new Promise(() => undefined);');
    const file = join(folder, 'windhover.yaml');
    await writeFile(file, 'plugins: [./endless.mjs]\nsites: { a: { routes: [{ path: /, respond: {} }] } }');
    const { code, stderr } = await windhover('check', '--config', file);
    expect(code).toBe(2);
    expect(stderr).toContain('(it waits for something that never comes), found "./endless.mjs"');
  });

  it('reads a configuration in TypeScript, or says which Node can', async () => {
    const file = join(await temporaryFolder(), 'windhover.config.ts');
    await writeFile(
      file,
      "const status: number = 204;\nexport default { sites: { a: { routes: [{ path: '/', respond: status }] } } };",
    );
    const { code, stdout, stderr } = await windhover('check', '--config', file);
    if ((process.features as { typescript?: unknown }).typescript)
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${file} is right.\n` });
    else expect(stderr).toContain('found TypeScript: use Node 22.18 or newer, or write the module as .mjs');
  });

  it('tells systemd when it is ready and when it stops', async () => {
    const folder = await temporaryFolder();
    const told = join(folder, 'told');
    await writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$@" >> '${told}'\n`, { mode: 0o755 });
    const env = { NOTIFY_SOCKET: join(folder, 'socket'), PATH: `${folder}:${process.env['PATH']}` };
    const server = await run(`listen: 127.0.0.1:0\n${hello}`, env);
    server.kill('SIGTERM');
    await server.done;
    expect((await readFile(told, 'utf8')).split('\n').map((line) => line.replace(/\d{2,}/, 'PID'))).toEqual([
      'MAINPID=PID STATUS=all workers are ready READY=1',
      'MAINPID=PID STATUS=the workers are finishing STOPPING=1',
      '',
    ]);
  });

  it('finishes the request under way on SIGTERM, then ends with 0', async () => {
    const upstream = await startHeldUpstream();
    const server = await run(configFor(upstream.port));
    const pending = curl(`${server.url}/`);
    const answer = await upstream.held;
    server.kill('SIGTERM');
    await server.heard('SIGTERM: stopping');
    answer('late but whole');
    expect(await pending).toMatchObject({ status: 200, body: 'late but whole' });
    const { code, stdout, stderr } = await server.done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/GET 127\.0\.0\.1\/ 200 14 [\d.]+ms\nStopped\.\n$/);
  });

  it('answers one more request of a client that was idle on SIGTERM', async () => {
    const server = await run(`listen: 127.0.0.1:0\n${hello}`);
    const client = speak(server.url);
    await client.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'hello');
    server.kill('SIGTERM');
    await server.heard('SIGTERM: stopping');
    // The supervisor says so first and tells its worker then: a request in between is answered as always.
    let answer: string;
    do answer = await client.say('GET /?last HTTP/1.1\r\nHost: a\r\n\r\n', 'hello');
    while (!answer.includes('\r\nConnection: close\r\n'));
    expect((await server.done).code).toBe(0);
  });

  it('goes on and stops in time when nobody reads its console', async () => {
    const server = await run(`listen: 127.0.0.1:0\n${hello}`);
    server.stopReading();
    const client = speak(server.url);
    const path = `/${'x'.repeat(1000)}`;
    await client.say(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(5000), 'hello', 5000);
    const exited = server.exited();
    server.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('opens the files of its access log again on SIGUSR1, and has written every line when it has stopped', async () => {
    const folder = await temporaryFolder();
    const [file, old] = [join(folder, 'access.log'), join(folder, 'old.log')];
    const read = async (path: string, isEnough: (text: string) => boolean): Promise<string> => {
      for (;;) {
        const text = await readFile(path, 'utf8').catch(() => null);
        if (text !== null && isEnough(text)) return text;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const server = await run(`listen: 127.0.0.1:0\naccessLog: { to: ${file}, format: "{path}" }\n${hello}`);
    await curl(`${server.url}/1`);
    await rename(file, old);
    await read(old, (text) => text === '/1\n');
    server.kill('SIGUSR1');
    await read(file, () => true);
    await curl(`${server.url}/2`);
    server.kill('SIGTERM');
    expect((await server.done).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('/2\n');
  });

  it('takes a changed file by itself with `watch`, without workers too', async () => {
    const site = (answer: string): string =>
      `listen: 127.0.0.1:0\nworkers: 0\nwatch: true\nsites: { a: { routes: [{ path: /, respond: ${answer} }] } }`;
    const file = await writeConfig(site('one'));
    const server = await start(['run', '--config', file]);
    expect((await curl(`${server.url}/`)).body).toBe('one');
    await writeFile(file, site('[broken'));
    await writeFile(file, site('two'));
    await expect.poll(async () => (await curl(`${server.url}/`)).body, { timeout: 20_000 }).toBe('two');
  }, 30_000);

  it('ends at once on a second signal', async () => {
    const upstream = await startHeldUpstream();
    const server = await run(configFor(upstream.port));
    const pending = curl(`${server.url}/`).catch((error: Error) => error.message);
    await upstream.held;
    server.kill('SIGINT');
    await server.heard('SIGINT: stopping');
    server.kill('SIGINT');
    expect((await server.done).code).toBe(130);
    expect(await pending).toMatch(/curl ended with/);
  });
});

const hello = 'sites: { a: { routes: [{ path: /, respond: { body: hello } }] } }';

function configFor(port: number): string {
  return `listen: 127.0.0.1:0\nsites: { a: { routes: [{ path: /, proxy: { to: "http://127.0.0.1:${port}" } }] } }`;
}

/** An upstream that answers when it is told to. `held` resolves when a request has come. */
async function startHeldUpstream(): Promise<{ port: number; held: Promise<(text: string) => void> }> {
  let hold: (answer: (text: string) => void) => void = () => undefined;
  const held = new Promise<(text: string) => void>((resolve) => {
    hold = resolve;
  });
  const { port } = await startUpstream((_, response) => hold((text) => response.end(text)));
  return { port, held };
}
