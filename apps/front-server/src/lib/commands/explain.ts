import { isIP } from 'node:net';
import { formatExplanation, formatFtpExplanation } from '../format-explanation.ts';
import { type CommandInput, defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { refuseProblems } from './refuse-problems.ts';
import { withConfig } from './with-config.ts';

/** `windhover explain METHOD URL`: says how a request would be answered, and why. */
export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'say how a request would be answered, and why, without starting',
  arguments: [
    { name: 'METHOD', summary: 'GET, POST, …; for FTP RETR, STOR, …' },
    { name: 'URL', summary: 'the whole address, or a path' },
  ],
  options: {
    config: configOption,
    header: {
      type: 'string',
      short: 'H',
      value: 'field',
      summary: "a field of the request, 'Name: value'",
      multiple: true,
    },
    client: { type: 'string', value: 'address', summary: 'where the connection comes from', default: '127.0.0.1' },
    json: { type: 'boolean', summary: 'as JSON, for programs' },
  },
  examples: [
    'windhover explain GET http://shop.example.com/api/users',
    "windhover explain POST /api -H 'Host: shop.example.com' -H 'Origin: https://app.example.com'",
    'windhover explain STOR ftp://ada@files.example.com/new.txt',
  ],
  async run({ options, arguments: [method = '', url = ''], env, out, err }) {
    if (/^ftps?:/i.test(url)) return explainOfFtp(method, url, options, { env, out, err });
    const headers = options.header.map(readHeader);
    const problem = wrongInput(method, url, options.client) ?? headers.find((each) => typeof each === 'string');
    if (typeof problem === 'string') {
      err(`${problem}\nSee windhover explain --help.\n`);
      return 2;
    }
    const request = { method, url, headers: headers as [string, string][], client: options.client };
    return withConfig(
      options.config,
      async (loaded) => {
        if (!loaded.ok) return refuseProblems(loaded.problems, err);
        const { explainRequest, listenersFor } = await import('@windhover/config');
        const { clientProtocols } = await import('../client-protocols.ts');
        const explained = explainRequest(loaded.config, request);
        const listeners = listenersFor(loaded.config, url).map(({ features }) =>
          clientProtocols(features, loaded.config.features),
        );
        const protocols = [...new Set(listeners)];
        out(
          options.json
            ? `${JSON.stringify({ ...explained, protocols }, null, 2)}\n`
            : formatExplanation(explained, protocols),
        );
        return 0;
      },
      { env },
    );
  },
});

async function explainOfFtp(
  verb: string,
  written: string,
  { config, json }: { readonly config: string; readonly json: boolean },
  { env, out, err }: Pick<CommandInput, 'env' | 'out' | 'err'>,
): Promise<number> {
  const { explainedVerbs, explainFtp } = await import('../explain-ftp.ts');
  const url = readFtpUrl(written);
  if (url === null || !explainedVerbs.includes(verb)) {
    const what =
      url === null
        ? `URL must be such as ftp://ada@example.com/file, found ${JSON.stringify(written)}.`
        : `METHOD must be a command of FTP about a path: ${explainedVerbs.join(', ')}.`;
    err(`${what}\nSee windhover explain --help.\n`);
    return 2;
  }
  return withConfig(
    config,
    async (loaded) => {
      if (!loaded.ok) return refuseProblems(loaded.problems, err);
      const explained = explainFtp(loaded.config, { verb, url });
      out(json ? `${JSON.stringify(explained, null, 2)}\n` : formatFtpExplanation(explained));
      return 0;
    },
    { env },
  );
}

/** `null`: it is no URL, or its user or path has a `%` that nothing can be read from. */
function readFtpUrl(written: string): URL | null {
  const url = URL.canParse(written) ? new URL(written) : null;
  return url !== null && canDecode(url.username) && canDecode(url.pathname) ? url : null;
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch (_error) {
    return false; // a URIError, and there is no way to ask before
  }
}

function wrongInput(method: string, url: string, client: string): string | null {
  if (!/^[!#$%&'*+.^`|~\w-]+$/.test(method))
    return `METHOD must be a method such as GET, found ${JSON.stringify(method)}.`;
  if (/^[a-z]/.test(method)) return `METHOD is written in capitals: ${method.toUpperCase()}.`;
  if (!/^(?:https?:\/\/[^/]|\/)/i.test(url) && !(method === 'OPTIONS' && url === '*'))
    return `URL must begin with http://, https:// or /, found ${JSON.stringify(url)}.`;
  return isIP(client) === 0 ? `--client must be an IP address, found ${JSON.stringify(client)}.` : null;
}

/** Reads `Name: value`, or returns what is wrong with it. */
function readHeader(text: string): [string, string] | string {
  const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)$/.exec(text) ?? [];
  return name === undefined ? `-H must be 'Name: value', found ${JSON.stringify(text)}.` : [name, value!.trim()];
}
