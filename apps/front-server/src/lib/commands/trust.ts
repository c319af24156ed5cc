import { join, resolve } from 'node:path';
import { defineCommand } from './command.ts';

/** `windhover trust`: makes this machine trust its local authority. */
export const trustCommand = defineCommand({
  name: 'trust',
  summary: 'make programs of this machine trust the certificates of its local authority',
  details:
    'The authority is made if there is none. It issues for `--https`, and for sites with `certificates: { local: true }`. Whoever can read its folder can pretend to be any site to programs that trust it.',
  examples: [
    'windhover trust',
    'sudo windhover trust --folder ~/.local/share/windhover/certificates',
    'windhover trust --remove',
  ],
  options: {
    folder: { type: 'string', value: 'folder', summary: 'the folder of the authority; default: that of this user' },
    user: { type: 'boolean', summary: 'only the browsers of this user, not the system' },
    remove: { type: 'boolean', summary: 'make them forget it' },
  },
  async run({ options: { folder, user, remove }, env, out, err }) {
    const [{ createFileCertificates, createLocalAuthority, trustRoot }, { defaultCertificateFolder }] =
      await Promise.all([import('@windhover/certificates'), import('@windhover/features/certificate-folder')]);
    const at = folder === undefined ? defaultCertificateFolder(env) : resolve(folder);
    const file = join(at, 'local', 'root.crt');
    try {
      const pem = await createLocalAuthority(createFileCertificates(at)).root();
      const results = await trustRoot(remove ? 'remove' : 'add', file, pem, {
        isUserOnly: user,
        ...(env['HOME'] === undefined ? {} : { home: env['HOME'] }),
      });
      const done = remove ? 'forgotten by' : 'trusted by';
      for (const { place, obstacle } of results)
        (obstacle === null ? out : err)(
          obstacle === null ? `${done} ${place}\n` : `not changed: ${place}: ${obstacle}\n`,
        );
      if (!remove) out(`Node.js reads its own list: NODE_EXTRA_CA_CERTS=${file}\n`);
      return results.some(({ obstacle }) => obstacle === null) ? 0 : 1;
    } catch (error) {
      err(`The local authority in ${at} cannot be used: ${(error as Error).message}\n`);
      return 1;
    }
  },
});
