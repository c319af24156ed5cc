import { duration, size } from '@windhover/config';
import { z } from 'zod';

const path = z
  .string()
  .regex(/^\/\S*$/, { error: 'expected a path that begins with /' })
  .meta({ title: 'a path such as /healthz' });
const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, { error: 'expected a time such as 03:30' });

const recycle = z
  .strictObject({
    every: duration(1000)
      .nullable()
      .exactOptional()
      .describe(
        'After how long. Default: 29h as in IIS, so that it is another time of the day each time. null: never.',
      ),
    requests: z.int().min(1).exactOptional().describe('After how many requests. Default: any number.'),
    memory: size(2 ** 20)
      .exactOptional()
      .describe(
        'When its processes use more memory together, which is looked at every 10 s. Linux only. Default: any amount.',
      ),
    at: z
      .array(timeOfDay)
      .exactOptional()
      .describe("At which times of the day, in the machine's own time. Default: none."),
    overlap: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether the new instance is ready before the old one finishes. Default: true, so that no request waits. false for programs that may run only once.',
      ),
  })
  .describe('When instances are replaced although nothing is wrong.');

/** A line of a shell, by the words of which the list is made. One with quotes or variables has no such list. */
function meantList({ input }: { readonly input?: unknown }): string | undefined {
  const isPlain = typeof input === 'string' && /^[\w./:=@+ -]+$/.test(input) && input.trim() !== '';
  return isPlain ? `meant: [${input.trim().split(/ +/).join(', ')}]` : undefined;
}

/** An application as it is written. */
export const appSchema = z
  .strictObject({
    command: z
      .array(z.string().min(1), { error: meantList })
      .min(1)
      .describe(
        'The program and its arguments: [node, server.js]. No shell reads it. `{port}` and `{socket}` stand for the place where it must listen, which is in the variable PORT too.',
      ),
    cwd: z.string().min(1).exactOptional().describe('Its working folder. Default: the folder of this file.'),
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.coerce.string())
      .exactOptional()
      .describe(
        'Variables beside those of the server; `{port}` and `{socket}` are replaced in them too: { ASPNETCORE_URLS: "http://127.0.0.1:{port}" }. Default: none.',
      ),
    listen: z
      .enum(['port', 'socket'])
      .exactOptional()
      .describe(
        'Where it listens. port: a free port of 127.0.0.1, in PORT. socket: a Unix socket, in WINDHOVER_SOCKET and PORT, which other users of the machine cannot reach. Default: port, since every program can.',
      ),
    instances: z.int().min(1).max(256).exactOptional().describe('How many processes share the requests. Default: 1.'),
    ready: z
      .strictObject({
        path: path
          .exactOptional()
          .describe('It must be answered with a status below 500. Default: accepting a connection is enough.'),
        notice: z
          .boolean()
          .exactOptional()
          .describe(
            'Whether the program says itself that it is ready: it writes a line to the file descriptor in WINDHOVER_READY_FD, as under s6. `path` is asked afterwards. Default: false.',
          ),
        within: duration(100)
          .exactOptional()
          .describe('How long a start may take, with the warm-up. Default: 90s, as in IIS.'),
      })
      .exactOptional()
      .describe('How it is found out that an instance can take requests.'),
    warmUp: z
      .array(path)
      .exactOptional()
      .describe('Paths that each instance is asked for before it gets requests of clients. Default: none.'),
    host: z
      .string()
      .min(1)
      .exactOptional()
      .describe('The Host of the warm-up and of probes, for applications that look at it. Default: localhost.'),
    start: z
      .enum(['always', 'on-request'])
      .exactOptional()
      .describe('always: it starts with the server. on-request: with its first request, which waits. Default: always.'),
    idle: z
      .strictObject({
        stopAfter: duration(1000).describe('After how long without a request. The next one starts it again.'),
      })
      .exactOptional()
      .describe('Ends an application that nobody uses. Default: it runs on.'),
    queue: z
      .int()
      .min(0)
      .exactOptional()
      .describe('How many requests of each worker may wait for a start; one more gets 503. Default: 1000, as in IIS.'),
    splash: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'A page that GET and HEAD get at once while no instance is ready, with 503 and Retry-After. Default: they wait like the others.',
      ),
    shutdown: duration(100)
      .exactOptional()
      .describe(
        'How long an instance may take to finish its requests and end, before it is killed. Default: 90s, as in IIS.',
      ),
    recycle: recycle.exactOptional(),
    rapidFail: z
      .union([
        z.literal(false),
        z.strictObject({
          failures: z.int().min(1).exactOptional().describe('How many. Default: 5, as in IIS.'),
          within: duration(1000).exactOptional().describe('Within which time. Default: 5m, as in IIS.'),
        }),
      ])
      .exactOptional()
      .describe(
        'After how many failures it is not started again, until a reload or `windhover app start`. false: it is started again for ever.',
      ),
    ping: z
      .union([
        z.literal(false),
        z.strictObject({
          every: duration(1000).exactOptional().describe('How often. Default: 30s, as in IIS.'),
          timeout: duration(1000).exactOptional().describe('How long it may be silent. Default: 90s, as in IIS.'),
        }),
      ])
      .exactOptional()
      .describe(
        'Asks each instance as at its start, and kills one that hangs. That needs `ready.path`: connections are accepted for a program that hangs, too. Default: on. false: it is never asked.',
      ),
    limits: z
      .strictObject({
        memory: size(2 ** 20)
          .exactOptional()
          .describe('How much memory. A process above it is ended by the system.'),
        cpus: z
          .number()
          .min(0.01)
          .exactOptional()
          .describe('How many processors: 0.5 is half of one. Above it the application becomes slower.'),
        processes: z.int().min(1).exactOptional().describe('How many processes and threads.'),
      })
      .exactOptional()
      .describe(
        'What each instance may use, with all that it starts. Needs control groups of version 2 (Linux); as a service of systemd this server has them. Where they are missing, the log says so, and the application runs without limits. Default: none.',
      ),
    user: z
      .union([z.string().min(1), z.int().min(0)])
      .exactOptional()
      .describe(
        'The user of its processes, by name or number. The server must run as root for it. Default: that of the server.',
      ),
    group: z
      .union([z.string().min(1), z.int().min(0)])
      .exactOptional()
      .describe('The group of its processes. Default: that of `user`.'),
  })
  .describe('An application in processes of its own, in any language.');

/** An application as it is written, with units converted. */
export type WrittenApp = z.output<typeof appSchema>;
