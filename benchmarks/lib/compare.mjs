import { writeFileSync } from 'node:fs';
import { checkAnswer } from './check-answer.mjs';
import { load } from './load.mjs';
import { orderJson } from './order.mjs';
import { freePort, startServer } from './server-process.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const warmUpSeconds = 2;

/**
 * Loads the servers in turn, for several rounds, and takes each one's best round, because disturbances only ever add to
 * a result. By taking turns, a disturbance of some seconds hits one round of each server, not all rounds of one.
 * Returns the measures by the id of the peer.
 */
export async function compare(scenario, peers, place, { seconds, rounds }) {
  const body = `${temporaryFolder}/order.json`;
  writeFileSync(body, orderJson);
  const running = [];
  try {
    for (const peer of peers.filter(({ id }) => !(id in scenario.absent))) {
      running.push({ peer, server: await start(peer, scenario, place), measures: [] });
    }
    for (let round = 0; round <= rounds; round++) {
      for (const { server, measures } of running) {
        const url = `${scenario.isTls ? 'https' : 'http'}://127.0.0.1:${server.port}/`;
        const measure = await load(server, url, scenario, [body], round === 0 ? warmUpSeconds : seconds);
        if (round > 0) measures.push(measure);
      }
    }
  } finally {
    for (const { server } of running) await server.stop();
  }
  return Object.fromEntries(running.map(({ peer, measures }) => [peer.id, best(measures)]));
}

async function start(peer, scenario, place) {
  const port = await freePort();
  const folder = scenario.isTls ? place.certificateFolder : null;
  try {
    const server = await startServer(
      peer.command({ ...place, port, work: scenario.work, isHosted: scenario.isHosted, folder }),
      port,
      peer.core,
    );
    await checkAnswer(port, scenario).catch(async (error) => {
      await server.stop();
      throw error;
    });
    return server;
  } catch (error) {
    throw new Error(`${peer.name}: ${error.message}`, { cause: error });
  }
}

function best(measures) {
  return measures.reduce((a, b) => (b.cpuMicros < a.cpuMicros ? b : a));
}
