import { execFile, execFileSync, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { ended } from './realm-fixture.ts';

const run = promisify(execFile);
const source = fileURLToPath(new URL('negotiate-server.ts', import.meta.url));
/** Beside the packages that it imports. */
const program = fileURLToPath(new URL(`../node_modules/negotiate-server-${process.pid}.mjs`, import.meta.url));

/** Whether the tests can run: the package `kerberos` and the programs of a realm are optional. */
export function hasKerberos(): boolean {
  try {
    createRequire(import.meta.url)('kerberos');
    execFileSync('which', ['krb5kdc', 'kadmin.local', 'kinit', 'curl'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['WINDHOVER_REQUIRE_PEERS'] !== '1') return false;
    throw new Error('Kerberos is not installed: .ci/run installs every peer', { cause: error });
  }
}

export async function buildServer(): Promise<void> {
  const conditions = ['windhover-source'];
  const shared: BuildOptions = { bundle: true, platform: 'node', format: 'esm', conditions, external: ['kerberos'] };
  const banner = { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" };
  await build({
    ...shared,
    entryPoints: [source],
    outfile: program,
    banner,
    logLevel: 'error',
  });
}

export const removeServer = (): void => rmSync(program, { force: true });

/** What the server has told: its port, or why it did not start, and what it has seen. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly failed: string | null;
  readonly refused: string[];
  readonly warnings: string[];
  /** The `Authorization` of every request, before `auth`. */
  readonly seen: (string | null)[];
  close(): Promise<void>;
}

export async function startServer(options: object, env: NodeJS.ProcessEnv): Promise<TestServer> {
  const child = fork(program, [JSON.stringify(options)], { env, execArgv: [] });
  const told = { refused: [] as string[], warnings: [] as string[], seen: [] as (string | null)[] };
  const started = await new Promise<{ port?: number; failed?: string }>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.on('message', (message: Record<string, never>) => {
      if ('port' in message || 'failed' in message) resolve(message);
      if ('refused' in message) told.refused.push(message['refused']);
      if ('warning' in message) told.warnings.push(message['warning']);
      if ('authorization' in message) told.seen.push(message['authorization']);
    });
  });
  const { port = 0, failed = null } = started;
  return { ...told, port, failed, url: `http://localhost:${port}`, close: () => ended(child) };
}

/** Runs curl with the tickets of an environment; the answer as curl prints it with -i, lines without CR. */
export async function curl(env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-s', '-i', '-4', '--max-time', '10', ...args], { env });
  return stdout.replaceAll('\r', '');
}

const maker = `import kerberos from 'kerberos';
const client = await kerberos.initializeClient('HTTP@localhost', { mechOID: kerberos.GSS_MECH_OID_SPNEGO });
console.log(await client.step(''));`;

/** A token that nobody has used yet. */
export async function makeToken(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = fileURLToPath(new URL('../', import.meta.url));
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', maker], { env, cwd: folder });
  return stdout.trim();
}

/** A connection of its own, which stays open. */
export class TestConnection {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  ask(headers: Record<string, string> = {}): Promise<{ status: number; text: string; challenge: string | undefined }> {
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: this.port, agent: this.agent, headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += String(chunk);
        resolve({ status: response.statusCode!, text, challenge: response.headers['www-authenticate'] });
      })
        .once('error', reject)
        .end();
    });
  }

  login(token: string, headers: Record<string, string> = {}) {
    return this.ask({ authorization: `Negotiate ${token}`, ...headers });
  }

  close(): void {
    this.agent.destroy();
  }
}
