import { z } from 'zod';
import { receiveFile } from '../deployments/receive-file.ts';
import { adminError } from '../errors.ts';
import { type AdminRoute, route } from './route.ts';
import { deploymentSchema } from './schemas.ts';

const version = z.object({ version: z.string() });
const configure = { area: 'deployments', role: 'configure' } as const;

/** Folders whose files are replaced as a whole. */
export const deploymentRoutes: readonly AdminRoute[] = [
  {
    ...{ method: 'GET', path: '/deployments', area: 'deployments', role: 'look', action: null },
    answer: z.array(deploymentSchema),
    summary: 'What is deployed, and which versions there are',
    run: ({ host }) => host.target.deployments!.list(),
  },
  {
    ...{ ...configure, method: 'PUT', path: '/deployments/{name}', action: 'deploy', body: 'zip', answer: version },
    summary: 'Make a version of a ZIP file, and switch to it',
    query: { activate: 'false: do not switch' },
    async run({ host, context, names: [name], query, who }) {
      const deployments = host.target.deployments!;
      const known = (await deployments.list()).some((each) => each.name === name);
      if (!known) throw adminError('ADMIN_UNKNOWN', `the deployment ${JSON.stringify(name)}`);
      const isSwitched = query.get('activate') !== 'false';
      if (isSwitched) await deployments.expectSwitch?.(name!);
      const file = await receiveFile(context.request.body, deployments);
      try {
        const id = await deployments.add(name!, file.path, who.user);
        if (isSwitched) await deployments.activate(name!, id);
        return { version: id };
      } finally {
        await file.remove();
      }
    },
  },
  route({
    ...{ ...configure, method: 'POST', path: '/deployments/{name}/activate', action: 'activate', answer: null },
    summary: 'Switch to a version',
    body: z.strictObject({ version: z.string().min(1).max(100) }),
    detail: ({ body }) => body.version,
    run: ({ host, names: [name], body }) => host.target.deployments!.activate(name!, body.version),
  }),
];
