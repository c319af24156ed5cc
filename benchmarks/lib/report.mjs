import { cpus } from 'node:os';
import { judge } from './bars.mjs';
import { barTable } from './tables.mjs';

/** Prints the report as it goes, and keeps it for the page. */
export function createReport({ peers, missing, options }) {
  const judged = [];
  const sections = [];
  const say = (text) => {
    console.log(text);
    sections.push(text);
  };
  const head = pageHead({ peers, missing, options });
  console.log(head);

  return {
    say,
    judge: (version, measures) => judged.push([version, judge(measures)]),
    /** Prints the bars, and returns whether every measured one is met. */
    printBars() {
      console.log(`\n## Bars\n\n${barTable(ofBars(judged), options.isComplete)}\n`);
      return ofBars(judged).every(([, bars]) => bars.every(({ isMet }) => isMet !== false));
    },
    page: () =>
      `${head}\n\n## Bars\n\nWhat Windhover has to reach.\n\n${barTable(ofBars(judged), true)}\n${sections.join('\n')}\n`,
  };
}

/** The bars hold on Node 20, the oldest supported version, and on the newest; those in between need no check. */
function ofBars(judged) {
  return judged.filter(([version], index) => version.startsWith('20.') || index === judged.length - 1);
}

function pageHead({ peers, missing, options }) {
  const versions = [...new Set(peers.map(({ version }) => version).filter((version) => version !== null))];
  return `# Benchmarks

\`npm run bench -- --node all\` measures and writes this page; \`npm run bench -- --help\` tells how to measure a part.

- Machine: ${cpus()[0].model}, ${cpus().length} cores. Every server is pinned to one core, the load (wrk, 32 connections) to another. Kestrel unpinned may
  use all of them, the load's too; pinned, .NET sees one processor by itself and takes its workstation garbage collector.
- Peers: ${[...versions, ...missing].join('; ')}.
- CPU is user and system time of the server and its children, divided by the requests that wrk counted. RSS is theirs under load, MB are 10⁶ bytes.
- The servers take turns (rounds after a warm-up: ${options.rounds}, of ${options.seconds} s each), and the round with the least CPU per request counts: what disturbs a machine only ever
  adds, and taking turns spreads it over all of them.
- Every server gives the same status, body and media type; that is checked before the load. One answer that failed fails the run. Framing is
  each server's own: Kestrel's minimal API sends chunks where the others send a length.
- Windhover runs with its defaults, limits and deadlines on. The others run with theirs, except that kept connections may idle for 130 s
  everywhere, nginx closes none after a number of requests, and nobody writes a log.
- Absolute numbers differ from machine to machine and from run to run: compare the ratios, of one run, and CPU time per request first.`;
}
