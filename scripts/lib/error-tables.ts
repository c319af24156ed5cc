import { connectErrors } from '../../packages/adapter-connect/src/index.ts';
import { fastifyErrors } from '../../packages/adapter-fastify/src/index.ts';
import { fetchErrors } from '../../packages/adapter-fetch/src/index.ts';
import { clientAddressErrors } from '../../packages/client-address/src/index.ts';
import { coreErrors } from '../../packages/core/src/index.ts';
import { headersErrors } from '../../packages/headers/src/index.ts';
import { hostErrors } from '../../packages/host/src/index.ts';
import { clientErrors } from '../../packages/http-client/src/index.ts';
import { http1Errors } from '../../packages/http-parser/src/index.ts';
import { semanticsErrors } from '../../packages/http-semantics/src/index.ts';
import { proxyErrors } from '../../packages/proxy/src/index.ts';
import { requestIdErrors } from '../../packages/request-id/src/index.ts';
import { respondErrors } from '../../packages/respond/src/index.ts';
import { routerErrors } from '../../packages/router/src/index.ts';
import { serverErrors } from '../../packages/server/src/index.ts';
import { staticErrors } from '../../packages/static/src/index.ts';
import { supervisorErrors } from '../../packages/supervisor/src/index.ts';
import { testingErrors } from '../../packages/testing/src/index.ts';
import { transportErrors } from '../../packages/transport/src/index.ts';

type Entry = string | { readonly message: string; readonly status?: number };

/** Every package's table of error codes. */
export const errorTables: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  'adapter-connect': connectErrors,
  'adapter-fastify': fastifyErrors,
  'adapter-fetch': fetchErrors,
  'client-address': clientAddressErrors,
  core: coreErrors,
  headers: headersErrors,
  host: hostErrors,
  'http-client': clientErrors,
  'http-parser': http1Errors,
  'http-semantics': semanticsErrors,
  proxy: proxyErrors,
  'request-id': requestIdErrors,
  respond: respondErrors,
  router: routerErrors,
  server: serverErrors,
  static: staticErrors,
  supervisor: supervisorErrors,
  testing: testingErrors,
  transport: transportErrors,
};

/** `docs/reference/errors.md`, drawn from the tables. */
export function drawErrorPage(): string {
  const sections = Object.entries(errorTables).map(([name, table]) => {
    const rows = Object.entries(table).map(([code, entry]) => {
      const { message, status } = typeof entry === 'string' ? { message: entry, status: undefined } : entry;
      return `| \`${code}\` | ${status ?? ''} | ${message} |`;
    });
    return `## @windhover/${name}\n\n| code | status | what happened |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  const intro =
    'Codes are part of the API, the texts are not. Where there is a status, it is what a client is answered.';
  return `# Error codes\n\n${intro}\n\n${sections.join('\n')}`;
}
