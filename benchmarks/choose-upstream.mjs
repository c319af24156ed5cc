// The cost of choosing one of 100 and of 1,000 upstreams, by every policy: `node benchmarks/choose-upstream.mjs`.
import { createBalancer } from '@windhover/proxy';

const policies = [
  'round-robin',
  'least-requests',
  'p2c',
  'peak-ewma',
  'random',
  'first',
  { hash: 'uri' },
  { hash: 'uri', boundedLoad: 1.25 },
];
const contexts = Array.from({ length: 1000 }, (_each, index) => ({ request: { url: `/page/${index}?q=${index}` } }));
const rounds = 200_000;

function candidates(count) {
  return Array.from({ length: count }, (_each, index) => ({
    address: `http://10.0.${index >> 8}.${index & 255}:3000`,
    weight: 1 + (index % 3),
    active: index % 7,
    isFull: false,
    latencyMs: () => 1 + (index % 50),
  }));
}

console.log('| policy | µs of 100 | µs of 1,000 |\n|---|---|---|');
for (const policy of policies) {
  const times = [100, 1000].map((count) => {
    const balancer = createBalancer(policy);
    const list = candidates(count);
    for (let round = 0; round < rounds / 10; round++) balancer.pick(list, [], contexts[round % 1000], 0);
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round++) {
      const chosen = balancer.pick(list, [], contexts[round % 1000], 0);
      chosen.active = (chosen.active + 1) % 8; // as requests come and go
    }
    const { user, system } = process.cpuUsage(before);
    return ((user + system) / rounds).toFixed(3);
  });
  console.log(`| ${typeof policy === 'string' ? policy : JSON.stringify(policy)} | ${times.join(' | ')} |`);
}
