import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../scripts/lib/free-port.ts';

const realm = 'TEST.EXAMPLE';
const run = promisify(execFile);

/** A realm of its own with a real KDC (MIT Kerberos), in a temporary folder: nothing of the system is read or changed. */
export interface Realm {
  readonly folder: string;
  /** What a program needs to be a client or a server of this realm. */
  readonly env: NodeJS.ProcessEnv;
  /** Creates a user, logs it in, and returns the environment of its programs. */
  login(user: string): Promise<NodeJS.ProcessEnv>;
  /** Creates a principal with a random key, in a keytab of its own; returns its path. */
  keytab(principal: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a KDC. @param clock variables that change the time of the realm and its clients */
export async function startRealm(clock: NodeJS.ProcessEnv = {}): Promise<Realm> {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-realm-'));
  const port = await freePort();
  writeFileSync(join(folder, 'krb5.conf'), clientConfig(port));
  writeFileSync(join(folder, 'kdc.conf'), kdcConfig(folder, port));
  const env = {
    ...process.env,
    ...clock,
    KRB5_CONFIG: join(folder, 'krb5.conf'),
    KRB5_KDC_PROFILE: join(folder, 'kdc.conf'),
    KRB5RCACHENAME: `file2:${join(folder, 'replays')}`,
    KRB5CCNAME: `FILE:${join(folder, 'nobody')}`,
    KRB5_KTNAME: join(folder, 'none.keytab'),
    LC_ALL: 'C',
  };
  execFileSync('kdb5_util', ['create', '-s', '-r', realm, '-P', 'master'], { env, stdio: 'ignore' });
  const admin = (query: string) => run('kadmin.local', ['-r', realm, '-q', query], { env });
  const kdc = spawn('krb5kdc', ['-n', '-r', realm], { env, stdio: 'ignore' });
  return {
    folder,
    env,
    async login(user) {
      await admin(`addprinc -pw secret ${user}`);
      const own = { ...env, KRB5CCNAME: `FILE:${join(folder, `tickets-${user.replace('/', '-')}`)}` };
      await untilReady(() => kinit(user, own));
      return own;
    },
    async keytab(principal) {
      const file = join(folder, `${principal.replace('/', '-')}.keytab`);
      await admin(`addprinc -randkey ${principal}`);
      await admin(`ktadd -k ${file} ${principal}`);
      return file;
    },
    async close() {
      await ended(kdc);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Ends a process that the test has started. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

function kinit(user: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('kinit', ['-l', '10h', user], { env, stdio: ['pipe', 'ignore', 'ignore'] });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`kinit ended with ${code}`))));
    child.stdin.end('secret\n');
  });
}

/** The KDC says nothing when it is ready, so the first login is tried again. */
async function untilReady(task: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

const clientConfig = (port: number): string => `[libdefaults]
  default_realm = ${realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${realm} = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  localhost = ${realm}
`;

const kdcConfig = (folder: string, port: number): string => `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${realm} = {
    database_name = ${folder}/principal
    key_stash_file = ${folder}/stash
    acl_file = ${folder}/acl
    max_life = 10h
  }
`;
