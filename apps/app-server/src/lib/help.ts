import { flagName, limitSettings, type Setting, settingGroups, variableName } from './settings.ts';

const groups: Readonly<Record<string, Readonly<Record<string, Setting>>>> = settingGroups;

/** Returns the text of `--help`. */
export function help(): string {
  const sections = Object.entries(groups).map(([title, settings]) => `${title}:\n${lines(settings)}`);
  return `Usage: windhover-app <module> [options]

Hosts the default export of a module:
  a function                        a handler: (context) => { context.response.body = 'Hello' }
  { handler }                       the same, with a name
  { fetch }                         Hono, h3, or (request) => new Response('Hello')
  { listener }                      Express, Connect, or (request, response) => response.end('Hello')
  { fastify }                       Fastify

${sections.join('\n')}
Limits (a bare number is bytes or milliseconds; none lifts what may be lifted):
${lines(limitSettings)}
Other:
  -h, --help                        this text
  -v, --version                     the version

Durations are 500ms, 30s, 5m; sizes 64KB, 10MiB; rates 1KB/s.

Every option is a variable too (--port is ${variableName('port')}) and a key of the configuration file (tlsCert), which has more:
features such as trustedProxies, errorPages and cors, plugins, and words of its own for limits (limits: { requestBody: 10MB }). Options come
before variables, variables before the file.

Signals:
  SIGTERM, SIGINT                   stop: requests under way are finished; a second one ends at once
  SIGHUP                            with workers: replace them one by one; without: read certificates again

Exit codes:
  0   stopped when asked to
  1   could not start or go on: a port in use, an application that fails
  2   the command line or the configuration is wrong
`;
}

function lines(settings: Readonly<Record<string, Setting>>): string {
  return Object.entries(settings)
    .map(([name, { kind, about, short }]) => {
      const flag = `--${flagName(name)} ${kind.placeholder}`.trimEnd();
      return line(short === '' ? flag : `-${short}, ${flag}`, about);
    })
    .join('');
}

function line(option: string, about: string): string {
  const left = `  ${option}`.padEnd(36);
  return left.endsWith(' ') ? `${left}${about}\n` : `${left}\n${' '.repeat(36)}${about}\n`;
}
