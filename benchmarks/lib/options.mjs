import { parseArgs } from 'node:util';
import { nodeMajors } from '../../scripts/lib/node-version.mjs';
import { proxyPeers, scenarioNames } from './scenarios.mjs';

const running = process.versions.node.split('.')[0];
const all = ['parse-head', 'compose', ...scenarioNames, 'latency', 'workers', 'idle'];

const peers = ['node', 'fastify', 'hono', 'nginx', 'kestrel', 'kestrel-unpinned', ...proxyPeers];

export const help = `npm run bench -- [options]

Compares Windhover with other servers. A run of everything writes docs/reference/benchmarks.md; one of a part only prints.

  --only NAMES     of ${all.join(', ')}
                   Default: everything
  --peers NAMES    beside Windhover, of ${peers.join(', ')}.
                   Default: all of them
  --node VERSIONS  of ${nodeMajors.join(', ')}, or all: fetched from npm once. Default: the running one, ${running}
  --seconds N      of load in a round. Default: 3
  --rounds N       for each server and scenario; the best one counts. Default: 4
  --connections N  of the idle scenario. Default: 10000
  --check          ends with 1 if a bar is missed
  --help

Lists are separated by commas. Everything takes about 20 minutes for each version of Node. Needs Linux, wrk and taskset; nginx and the .NET SDK are used if they are there.
`;

/** Parses the command line. Throws an error with a message for the user. */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      peers: { type: 'string' },
      node: { type: 'string', default: running },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '10000' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    only: toList('--only', values.only, all),
    peers: ['windhover', ...toList('--peers', values.peers, peers)],
    majors: values.node === 'all' ? nodeMajors : toList('--node', values.node, [...new Set([running, ...nodeMajors])]),
    seconds: toCount('--seconds', values.seconds),
    rounds: toCount('--rounds', values.rounds),
    connections: toCount('--connections', values.connections),
    isComplete: values.only === undefined && values.peers === undefined,
    check: values.check,
    help: values.help,
  };
}

function toList(option, value, known) {
  if (value === undefined) return known;
  const names = value.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: there is no ${unknown}, only ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

function toCount(option, value) {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${option} ${value}: expected a whole number above 0`);
  return count;
}
