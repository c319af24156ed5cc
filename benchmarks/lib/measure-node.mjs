// Everything that is measured under one version of Node.
import { appWorkers } from './app-workers.mjs';
import { createCertificate } from './certificate.mjs';
import { compare } from './compare.mjs';
import { measureIdle } from './idle.mjs';
import { measureLatency } from './latency.mjs';
import { loadCore } from './load.mjs';
import { measureCompose, measureParseHead } from './micro.mjs';
import { nginxCommand } from './nginx.mjs';
import { hasProgram, runProgram } from './programs.mjs';
import { proxyPeers, scenarios } from './scenarios.mjs';
import { freePort, startServer } from './server-process.mjs';
import { comparisonTable, idleTable, latencyTable } from './tables.mjs';

/**
 * Runs the scenarios of `options.only`, and reports each result as it comes. A failure is added to `failures`, and the
 * rest goes on. Returns the version and the measures by scenario.
 */
export async function measureNode(node, { peers, options, report, failures }) {
  const version = (await runProgram(node, ['--version'])).stdout.trim().slice(1);
  const measures = {};
  const part = async (name, work) => {
    if (!options.only.includes(name)) return;
    await work().catch((error) => {
      failures.push(`Node ${version}, ${name}: ${error.message}`);
      report.say(`Failed: ${error.message}`);
    });
  };

  report.say(`\n## Node ${version}`);
  await part('parse-head', async () => {
    report.say(`\n### Parsing a head\n\n\`\`\`\n${await measureParseHead(node)}\n\`\`\``);
  });
  await part('compose', async () => {
    const micros = ((await measureCompose(node)) / 1000).toFixed(4);
    report.say(`\n### Composing\n\nFive middlewares that only pass on add ${micros} µs to a synchronous handler.`);
  });

  const place = { node, certificateFolder: await createCertificate() };
  for (const scenario of scenarios) {
    await part(scenario.name, async () => {
      report.say(`\n### ${scenario.title}\n`);
      const upstream = scenario.upstream === undefined ? null : await startUpstream(node, scenario.upstream);
      try {
        const there = { ...place, upstreamPort: upstream?.port };
        measures[scenario.name] = await compare(scenario, peers, there, options);
      } finally {
        await upstream?.stop();
      }
      report.say(comparisonTable(measures[scenario.name], peers, scenario.isTls));
      for (const line of absences(scenario, peers)) report.say(`\n${line}`);
    });
  }

  await part('latency', async () => {
    report.say('\n### Something small through the proxy, and directly\n');
    measures.latency = await measureLatency(node);
    report.say(latencyTable(measures.latency));
  });

  await part('workers', async () => {
    report.say('\n### The app server: two workers, and one\n');
    const [minimal] = scenarios;
    measures.workers = await compare(minimal, appWorkers, place, options);
    report.say(comparisonTable(measures.workers, appWorkers));
  });

  await part('idle', async () => {
    report.say(`\n### ${options.connections} idle connections, each answered once\n`);
    const pinned = peers.filter(({ id, core }) => core !== null && !proxyPeers.includes(id));
    measures.idle = await measureIdle(pinned, place, options.connections);
    report.say(idleTable(measures.idle, pinned));
  });
  return { version, measures };
}

/** The upstream of the proxies. It shares the load's core, so that the proxy has its own. */
async function startUpstream(node, kind) {
  const port = await freePort();
  if (kind === 'chunks') {
    const server = new URL('../servers/chunk-upstream.mjs', import.meta.url).pathname;
    return startServer([node, server, String(port)], port, loadCore);
  }
  const place = { port, work: 'hello', folder: null };
  const nodeServer = new URL('../servers/node.mjs', import.meta.url).pathname;
  const command = (await hasProgram('nginx')) ? nginxCommand(place) : [node, nodeServer, String(port), 'hello'];
  return startServer(command, port, loadCore);
}

/** Formats `Not here: nginx (why).`, with the peers of the same reason together. */
function absences({ absent }, peers) {
  const names = new Map();
  for (const { id, name } of peers.filter((peer) => typeof absent[peer.id] === 'string')) {
    names.set(absent[id], [...(names.get(absent[id]) ?? []), name]);
  }
  return [...names].map(([reason, those]) => `Without ${those.join(', ')}: ${reason}.`);
}
