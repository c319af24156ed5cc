import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiDeployment } from '@windhover/admin';
import type { AdminClient } from '../admin/admin-client.ts';
import { type CommandInput, defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { urlOption, withAdmin } from './with-admin.ts';

/** `windhover deploy`: new files for a folder that a server serves. */
export const deployCommand = defineCommand({
  name: 'deploy',
  summary: 'send a folder or a ZIP file as a new version of a deployment, or switch to another one',
  arguments: [
    { name: 'NAME', summary: 'the deployment, as under `admin: { deployments: … }`', optional: true },
    {
      name: 'PATH',
      summary: 'a folder, or a ZIP file; left out: the versions are listed',
      optional: true,
      completes: 'file',
    },
  ],
  details: 'All files change at once. Without NAME all deployments are listed.',
  examples: [
    'windhover deploy shop ./dist',
    'windhover deploy shop --activate 20260301T120000000Z-1a2b3c',
    'windhover deploy',
  ],
  options: {
    config: configOption,
    url: urlOption,
    activate: { type: 'string', value: 'version', summary: 'switch to a version that was sent before' },
    'no-activate': { type: 'boolean', summary: 'only send the files' },
    json: { type: 'boolean', summary: 'as JSON, for programs' },
  },
  run({ options, arguments: [name, path], env, out, err }) {
    const { config, url, activate, json } = options;
    if (activate !== undefined && (path !== undefined || name === undefined)) {
      err('--activate takes a NAME and no PATH.\nSee windhover deploy --help.\n');
      return 2;
    }
    return withAdmin({ config, url }, { env, err }, (client) => {
      if (name === undefined || (path === undefined && activate === undefined))
        return list({ client, name, json, out });
      const target = `/deployments/${encodeURIComponent(name)}`;
      if (activate !== undefined) return switchTo({ client, target, name, version: activate, json, out });
      return send({ client, target, name, path: path!, waits: options['no-activate'], json, out });
    });
  },
});

interface Job extends Pick<CommandInput, 'out'> {
  readonly client: AdminClient;
  readonly name: string;
  readonly target: string;
  readonly json: boolean;
}

async function list({
  client,
  name,
  json,
  out,
}: Omit<Job, 'name' | 'target'> & { readonly name: string | undefined }): Promise<number> {
  const all = await client.json<readonly ApiDeployment[]>('GET', '/deployments');
  const wanted = all.filter((each) => name === undefined || each.name === name);
  if (json) out(`${JSON.stringify(wanted, null, 2)}\n`);
  else for (const each of wanted) out(format(each));
  return name !== undefined && wanted.length === 0 ? 1 : 0;
}

function format({ name, folder, current, versions }: ApiDeployment): string {
  const lines = versions.map(
    ({ id, user, files, bytes }) => `${id === current ? '*' : ' '} ${id}  ${files} files, ${bytes} bytes  ${user}\n`,
  );
  return `${name}: ${folder}\n${lines.join('')}`;
}

async function switchTo({
  client,
  target,
  name,
  version,
  json,
  out,
}: Job & { readonly version: string }): Promise<number> {
  await client.json('POST', `${target}/activate`, { version });
  out(json ? `${JSON.stringify({ version })}\n` : `${name}: version ${version} is in use.\n`);
  return 0;
}

async function send({
  client,
  target,
  name,
  path,
  waits,
  json,
  out,
}: Job & { readonly path: string; readonly waits: boolean }): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-deploy-'));
  try {
    const { zipFolder } = await import('../admin/zip-folder.ts');
    const isFolder = (await stat(path)).isDirectory();
    const file = isFolder ? await zipFolder(path, join(folder, 'files.zip')) : path;
    const { version } = await client.upload<{ readonly version: string }>(
      `${target}${waits ? '?activate=false' : ''}`,
      file,
    );
    out(json ? `${JSON.stringify({ version })}\n` : `${name}: version ${version} is ${waits ? 'there' : 'in use'}.\n`);
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
