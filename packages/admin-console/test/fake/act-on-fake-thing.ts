import type { UpstreamState } from '@windhover/admin';
import { Refusal } from './fake-routes.ts';
import type { FakeState } from './fake-state.ts';

type Server = { -readonly [K in keyof UpstreamState['servers'][number]]: UpstreamState['servers'][number][K] };

/** Drains and weighs servers, purges caches, ends sessions of FTP, and takes every other action as done. */
export function actOnFakeThing(state: FakeState, names: readonly string[], args: Record<string, unknown>): unknown {
  const [kind, name, action] = names;
  const thing = state.things.find((each) => each.kind === kind && each.name === name);
  if (thing === undefined) throw new Refusal(404, 'ADMIN_UNKNOWN', 'There is no such thing');
  if (kind === 'cache') return { purged: args['all'] === true ? 4182 : 12 };
  if (kind === 'ftp') {
    const { sessions } = thing.state as { sessions: { all: { name: string }[] } };
    const left = sessions.all.filter((each) => each.name !== args['session']);
    const isOver = left.length === sessions.all.length;
    sessions.all = left;
    return isOver ? null : { ended: args['session'] };
  }
  if (kind !== 'upstream') return null;
  const server = (thing.state as { servers: Server[] }).servers.find(({ address }) => address === args['address']);
  if (server === undefined) throw new Refusal(404, 'ADMIN_UNKNOWN', 'There is no such server');
  if (action === 'drain') server.state = 'draining';
  if (action === 'undrain') server.state = 'up';
  if (action === 'weight') {
    if (!(Number(args['weight']) >= 0)) throw new Refusal(400, 'ADMIN_ARGUMENT', 'The weight is not a number from 0');
    server.weight = Number(args['weight']);
  }
  return null;
}
