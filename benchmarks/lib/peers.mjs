// The servers that are compared: their names, their versions, and how to start them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { haproxyCommand } from './haproxy.mjs';
import { buildDotnet } from './kestrel.mjs';
import { nginxCommand } from './nginx.mjs';
import { hasProgram, runProgram } from './programs.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const script = (name) => here(`../servers/${name}.mjs`);

/** Finds those of `wanted` that are installed on this machine, and the reason why others are not. */
export async function findPeers(wanted) {
  const peers = [];
  const missing = [];
  for (const [id, find] of Object.entries(finders)) {
    if (!wanted.includes(id)) continue;
    const peer = await find();
    if (typeof peer === 'string') missing.push(peer);
    else peers.push({ id, core: 0, ...peer });
  }
  return { peers, missing };
}

const finders = {
  node: () => nodePeer('node', 'node:http', null, 'node:https'),
  windhover: () => nodePeer('windhover', 'Windhover', null),
  fastify: () => nodePeer('fastify', 'Fastify', `Fastify ${packageVersion('fastify')}`),
  hono: () => {
    const version = `Hono ${packageVersion('hono')} on @hono/node-server ${packageVersion('@hono/node-server')}`;
    return nodePeer('hono', 'Hono', version);
  },
  nginx: async () => {
    if (!(await hasProgram('nginx'))) return 'nginx is not installed (Debian: apt-get install nginx-light)';
    const { stderr } = await runProgram('nginx', ['-v']);
    return { name: 'nginx', version: `nginx ${/nginx\/(\S+)/.exec(stderr)[1]}`, command: nginxCommand };
  },
  haproxy: async () => {
    if (!(await hasProgram('haproxy'))) return 'HAProxy is not installed (Debian: apt-get install haproxy)';
    const { stdout } = await runProgram('haproxy', ['-v']);
    return { name: 'HAProxy', version: `HAProxy ${/version (\d[\d.]*)/.exec(stdout)[1]}`, command: haproxyCommand };
  },
  undici: () => nodePeer('undici', 'undici behind node:http', `undici ${packageVersion('undici')}`),
  'reply-from': () =>
    nodePeer('reply-from', '@fastify/reply-from', `@fastify/reply-from ${packageVersion('@fastify/reply-from')}`),
  'http-proxy-3': () => nodePeer('http-proxy-3', 'http-proxy-3', `http-proxy-3 ${packageVersion('http-proxy-3')}`),
  compat: () => nodePeer('compat', '@windhover/http-proxy-compat behind node:http', null),
  yarp: async () => {
    if (!(await hasProgram('dotnet'))) return 'YARP: the .NET SDK is not installed';
    const assembly = await buildDotnet('yarp').catch((error) => {
      console.error(error.stdout || error);
      return null;
    });
    if (assembly === null) return 'YARP: it could not be built (it comes from NuGet)';
    const command = ({ port, upstreamPort }) => ['dotnet', assembly, String(port), String(upstreamPort)];
    return { name: 'YARP', version: 'YARP 2.3.0', command };
  },
  kestrel: () => kestrel('Kestrel'),
  'kestrel-unpinned': async () => {
    const peer = await kestrel('Kestrel, unpinned');
    // With all cores .NET starts its server garbage collector and spreads the work: the load runs on one of them.
    return typeof peer === 'string' ? peer : { ...peer, version: null, core: null };
  },
};

/** A server that Node runs. `command` gets the place and the Node of this run. */
function nodePeer(id, name, version, tlsName = name) {
  return {
    name,
    tlsName,
    version,
    command: ({ node, port, work, isHosted, folder, upstreamPort }) => {
      if (work === 'proxy') return [node, script(`${id}-proxy`), String(port), String(upstreamPort)];
      if (isHosted) return [node, script('hosted'), String(port), work, id];
      return [node, script(id), String(port), work, ...(folder === null ? [] : [folder])];
    },
  };
}

let build = null;

async function kestrel(name) {
  if (!(await hasProgram('dotnet'))) return `${name}: the .NET SDK is not installed`;
  const { stdout } = await runProgram('dotnet', ['--list-runtimes']);
  const version = /Microsoft\.AspNetCore\.App (10\.\S+)/.exec(stdout)?.[1];
  if (version === undefined) return `${name}: ASP.NET Core 10 is not installed`;
  build ??= buildDotnet('kestrel');
  const assembly = await build.catch((error) => {
    console.error(error.stdout || error);
    return null;
  });
  if (assembly === null) return `${name}: it could not be built`;
  return {
    name,
    version: `Kestrel of ASP.NET Core ${version}`,
    command: ({ port, work, folder }) => [
      ...['dotnet', assembly, String(port), work],
      ...(folder === null ? [] : [folder]),
    ],
  };
}

function packageVersion(name) {
  return JSON.parse(readFileSync(here(`../node_modules/${name}/package.json`), 'utf8')).version;
}
