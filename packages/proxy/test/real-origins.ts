import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { hasPeer, systemPython } from '../../../scripts/lib/peer.ts';

/** A server of somebody else, which writes down every request that it sees. It answers with the path in `X-Path`. */
export interface RealOrigin {
  readonly origin: string;
  /** The requests so far, as `METHOD /path`. */
  seen(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const realOrigins: Readonly<
  Record<string, { readonly isThere: boolean; readonly start: () => Promise<RealOrigin> }>
> = {
  'node:http': { isThere: true, start: startNode },
  nginx: { isThere: hasPeer('nginx'), start: startNginx },
  Apache: { isThere: hasPeer('apache2'), start: () => startApache(oneThread) },
  'Python’s http.server': { isThere: hasPeer(systemPython), start: startPython },
};

async function startNode(): Promise<RealOrigin> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.on('end', () => response.setHeader('X-Path', request.url!).end('node')).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: async () => requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startNginx(): Promise<RealOrigin> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return startProgram(
    'nginx',
    (file, folder) => ['-p', folder, '-c', file],
    (port, folder) => `
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  log_format requests '$request_method $request_uri';
  access_log ${folder}/requests requests;
  client_max_body_size 10m; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port}; root ${folder};
    add_header X-Path $request_uri always;
    location / { return 200 nginx; }
    location /file { alias ${folder}/file; }
  }
}`,
  );
}

/** So that the log has the order of the answers. */
const oneThread = `
ServerLimit 1
StartServers 1
ThreadLimit 1
ThreadsPerChild 1
MaxRequestWorkers 1
MinSpareThreads 1
MaxSpareThreads 1`;

/** @param more lines of its configuration */
export async function startApache(more = ''): Promise<RealOrigin> {
  const modules = ['mpm_event', 'authz_core', 'headers', 'dir'];
  return startProgram(
    'apache2',
    (file) => ['-X', '-f', file],
    (port, folder) => `
ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
LogFormat "%m %U%q" requests
CustomLog ${folder}/requests requests
DocumentRoot ${folder}
Header always set X-Path "expr=%{REQUEST_URI}"
KeepAliveTimeout 60
MaxKeepAliveRequests 3
${more}
`,
  );
}

/** As `python3 -m http.server` does: HTTP/1.0, so that each connection has one request. */
async function startPython(): Promise<RealOrigin> {
  const script = `import http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_request(self, *rest):
        with open('requests', 'a') as log: log.write(self.command + ' ' + self.path + '\\n')
    def end_headers(self):
        self.send_header('X-Path', self.path)
        super().end_headers()
    def do_POST(self):
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()`;
  return startProgram(
    systemPython,
    (file, _folder, port) => [file, String(port)],
    () => script,
  );
}

async function startProgram(
  program: string,
  argumentsFor: (file: string, folder: string, port: number) => string[],
  configuration: (port: number, folder: string) => string,
): Promise<RealOrigin> {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-origin-'));
  const port = await freePort();
  const file = join(folder, 'configuration');
  await writeFile(file, configuration(port, folder));
  await writeFile(join(folder, 'file'), 'abcdefghij'.repeat(100_000));
  await writeFile(join(folder, 'requests'), '');
  const child = spawn(program, argumentsFor(file, folder, port), { cwd: folder, stdio: 'ignore' });
  const hasEnded = new Promise((resolve) => child.once('exit', resolve));
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const origin = `http://127.0.0.1:${port}`;
  let marks = 0;
  return {
    origin,
    // The log is written after the answer: what stands before a request of our own is complete.
    async seen() {
      const mark = `/mark-${++marks}`;
      await (await fetch(origin + mark, { headers: { Connection: 'close' } })).arrayBuffer();
      for (;;) {
        const lines = (await readFile(join(folder, 'requests'), 'utf8')).split('\n');
        if (lines.includes(`GET ${mark}`)) return lines.filter((line) => line !== '' && !line.includes(' /mark-'));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await hasEnded;
      await rm(folder, { recursive: true });
    },
  };
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
