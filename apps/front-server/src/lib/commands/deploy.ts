import type { ApiDeployment } from '@windhover/admin';
import type { AdminClient } from '../admin/admin-client.ts';
import { packUpload, type Upload } from '../admin/pack-upload.ts';
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
  async run({ options, arguments: [name, path], env, out, err }) {
    const { config, url, activate, json } = options;
    if (activate !== undefined && (path !== undefined || name === undefined)) {
      err('--activate takes a NAME and no PATH.\nSee windhover deploy --help.\n');
      return 2;
    }
    const upload = path === undefined ? null : await packUpload(path);
    if (typeof upload === 'string') {
      err(`${upload}\n`);
      return 1;
    }
    const use = (client: AdminClient): Promise<number> => {
      if (name === undefined || (upload === null && activate === undefined))
        return list({ client, name, json, out, err });
      const target = `/deployments/${encodeURIComponent(name)}`;
      if (activate !== undefined) return switchTo({ client, target, name, version: activate, json, out });
      return send({ client, target, name, upload: upload!, waits: options['no-activate'], json, out });
    };
    try {
      return await withAdmin({ config, url }, { env, err }, use, { lacks: noDeployments });
    } finally {
      await upload?.remove();
    }
  },
});

const noDeployments =
  'The configuration of the server has no deployments: name them under `admin: { deployments: … }`.';

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
  err,
}: Omit<Job, 'name' | 'target'> & Pick<CommandInput, 'err'> & { readonly name: string | undefined }): Promise<number> {
  const all = await client.json<readonly ApiDeployment[]>('GET', '/deployments');
  const wanted = all.filter((each) => name === undefined || each.name === name);
  if (json) out(`${JSON.stringify(wanted, null, 2)}\n`);
  else for (const each of wanted) out(format(each));
  if (name === undefined || wanted.length > 0) return 0;
  err(`There is no deployment ${name}. There are: ${all.map((each) => each.name).join(', ')}.\n`);
  return 1;
}

function format({ name, folder, current, versions }: ApiDeployment): string {
  const lines = versions.map(({ id, user, files, bytes }) =>
    `${id === current ? '*' : ' '} ${id}  ${count(files, 'file')}, ${count(bytes, 'byte')}  ${user}`.trimEnd(),
  );
  return [`${name}: ${folder}`, ...lines, ''].join('\n');
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
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
  upload,
  waits,
  json,
  out,
}: Job & { readonly upload: Upload; readonly waits: boolean }): Promise<number> {
  const path = `${target}${waits ? '?activate=false' : ''}`;
  const { version } = await client.upload<{ readonly version: string }>(path, upload.file);
  out(json ? `${JSON.stringify({ version })}\n` : `${name}: version ${version} is ${waits ? 'there' : 'in use'}.\n`);
  return 0;
}
