import { formatCertificates } from '../format-certificates.ts';
import type { ListedCertificate } from '../list-certificates.ts';
import { revocationReasons } from '../revocation-reasons.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { control } from './control.ts';
import { refuseProblems } from './refuse-problems.ts';
import { withConfig } from './with-config.ts';

const actions = ['list', 'revoke'] as const;

/** A revocation first orders the next certificate, which takes a while. */
const revokeMs = 120_000;
const answerMs = 10_000;

/** `windhover certs`: the certificates of a configuration. */
export const certsCommand = defineCommand({
  name: 'certs',
  summary: 'list certificates: their source, when they expire and are renewed, and what went wrong',
  arguments: [
    { name: 'ACTION', summary: 'what to do; default: list', optional: true, choices: actions },
    { name: 'NAME', summary: 'the name whose certificate is revoked', optional: true },
  ],
  details:
    'list asks the running server; without one, or with `workers: 0`, it looks at the files and the store of the configuration. revoke orders a new certificate first, so that the site is never without.',
  examples: [
    'windhover certs',
    'windhover certs --json',
    'windhover certs revoke shop.example.com',
    'windhover certs revoke shop.example.com --reason keyCompromise',
  ],
  options: {
    config: configOption,
    json: { type: 'boolean', summary: 'as JSON, for programs' },
    reason: {
      type: 'string',
      value: 'reason',
      summary: 'why it is revoked, for the authority; keyCompromise if somebody else may have the key',
      choices: revocationReasons,
      default: revocationReasons[0],
    },
  },
  async run({ options: { config, json, reason }, arguments: [action = 'list', name], env, out, err }) {
    const tell = (rows: readonly ListedCertificate[]): void =>
      out(json ? `${JSON.stringify(rows, null, 2)}\n` : formatCertificates(rows, Date.now()));
    if (action === 'revoke') {
      if (name === undefined) {
        err('revoke takes the name whose certificate is revoked.\nSee windhover certs --help.\n');
        return 2;
      }
      const done = (): void => out(`Revoked the certificate of ${name}; a new one is in use.\n`);
      return control(config, 'certs', { env, err }, done, { request: { action, name, reason }, timeoutMs: revokeMs });
    }
    let unreached = '';
    const quiet = { env, err: (text: string) => void (unreached += text) };
    const asked = { request: { action }, timeoutMs: answerMs };
    if ((await control<readonly ListedCertificate[]>(config, 'certs', quiet, tell, asked)) === 0) return 0;
    return withConfig(
      config,
      async (loaded) => {
        if (!loaded.ok) return refuseProblems(loaded.problems, err);
        const [{ listCertificates }, { certificatesOf }] = await Promise.all([
          import('../list-certificates.ts'),
          import('@windhover/features'),
        ]);
        const service = certificatesOf(loaded.config.features);
        try {
          await service?.connect();
          tell(await listCertificates(loaded.config));
          return 0;
        } catch (error) {
          if (service?.isShared !== true) throw error;
          err(`The store of the certificates cannot be reached: ${(error as Error).message}\n${unreached}`);
          return 1;
        }
      },
      { env },
    );
  },
});
