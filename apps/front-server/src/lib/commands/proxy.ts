import { readListenOptions } from '../listen-option.ts';
import { runValue } from '../run-value.ts';
import { defineCommand } from './command.ts';
import { httpsOption, listenOption, portOption } from './listen-options.ts';

/** `windhover proxy UPSTREAM`: forwards everything, without a configuration file. */
export const proxyCommand = defineCommand({
  name: 'proxy',
  summary: 'forward every request to one server, without a configuration file',
  arguments: [
    { name: 'UPSTREAM', summary: 'where to: :3000, 10.0.0.5:3000, http://app:3000, https://app or unix:/run/app.sock' },
  ],
  options: {
    port: portOption,
    listen: listenOption,
    https: httpsOption,
    host: {
      type: 'string',
      value: 'which',
      summary: 'the Host that the upstream sees: of the client, or its own',
      choices: ['client', 'upstream'],
      default: 'client',
    },
    protocol: {
      type: 'string',
      value: 'which',
      summary: 'what the upstream speaks; gRPC needs http2, and auto asks a server with https://',
      choices: ['http1', 'http2', 'auto'],
      default: 'http1',
    },
  },
  examples: [
    'windhover proxy :3000',
    'windhover proxy http://app:3000 --listen :80 --host upstream',
    'windhover proxy :50051 --protocol http2 --https',
  ],
  run({ options, arguments: [written = ''], version, err }) {
    const listener = readListenOptions(options);
    const to = toOrigin(written);
    if (typeof listener === 'string' || to === null) {
      const problem = typeof listener === 'string' ? listener : upstreamProblem(written);
      err(`${problem}\nSee windhover proxy --help.\n`);
      return 2;
    }
    const routes = [{ path: '/', proxy: { to, host: options.host, protocol: options.protocol } }];
    return runValue('proxy', { sites: { upstream: { routes } } }, listener, version, options.https);
  },
});

/** Completes the short forms: `3000` and `:3000` are ports of this machine. */
function toOrigin(written: string): string | null {
  const short = /^:?([0-9]+)$/.exec(written);
  const origin =
    short !== null
      ? `http://localhost:${short[1]}`
      : /^[a-z]+:\/|^unix:/i.test(written)
        ? written
        : `http://${written}`;
  if (/^unix:\/./.test(origin)) return origin;
  return /^https?:\/\/[^/?#@\s]+\/?$/i.test(origin) && URL.canParse(origin) ? origin.replace(/\/$/, '') : null;
}

function upstreamProblem(written: string): string {
  return `UPSTREAM must be :3000, host:3000, http://host:3000, https://host or unix:/path/to.socket, without a path, found "${written}".`;
}
