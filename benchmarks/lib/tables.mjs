// The tables of the report, in Markdown.

/** One row for each peer: its measures, compared with node:http and nginx. */
export function comparisonTable(measures, peers, isTls = false) {
  const rows = peers.filter(({ id }) => id in measures);
  const times = (id, reference) =>
    reference in measures ? (measures[id].cpuMicros / measures[reference].cpuMicros).toFixed(2) : '';
  return table(
    ['server', 'CPU µs/request', `× ${isTls ? 'node:https' : 'node:http'}`, '× nginx', 'requests/s', 'RSS MB'],
    rows.map(({ id, name, tlsName = name }) => [
      isTls ? tlsName : name,
      measures[id].cpuMicros.toFixed(1),
      times(id, 'node'),
      times(id, 'nginx'),
      measures[id].perSecond.toFixed(0),
      measures[id].rssMegabytes.toFixed(0),
    ]),
  );
}

export function idleTable(measures, peers) {
  return table(
    ['server', 'RSS MB after one request', 'kB per connection', 'refused', 'dropped'],
    peers.map(({ id, name }) => [
      name,
      measures[id].startMegabytes.toFixed(0),
      measures[id].perConnectionKilobytes.toFixed(1),
      measures[id].refused,
      measures[id].dropped,
    ]),
  );
}

export function latencyTable({ post, message }) {
  const row = (name, { direct, proxy }) => [name, direct.toFixed(3), proxy.toFixed(3), (proxy - direct).toFixed(3)];
  return table(
    ['median', 'ms directly', 'ms through the proxy', 'ms longer'],
    [row('a small POST', post), row('a small message in a tunnel, echoed, 1 ms of pauses included', message)],
  );
}

/**
 * The bars, with a column for each version. `judged` has pairs of a version and the result of `judge`. Bars that were
 * not measured under any version are left out unless `isComplete`.
 */
export function barTable(judged, isComplete) {
  const [[, bars]] = judged;
  const rows = bars.map(({ name, limit }, index) => ({
    name,
    limit,
    verdicts: judged.map(([, ofVersion]) => ofVersion[index]),
  }));
  return table(
    ['bar', 'at most', ...judged.map(([version]) => `Node ${version}`)],
    rows
      .filter(({ verdicts }) => isComplete || verdicts.some(({ value }) => value !== null))
      .map(({ name, limit, verdicts }) => [name, limit, ...verdicts.map(formatVerdict)]),
  );
}

function formatVerdict({ value, isMet }) {
  return isMet === null ? 'not measured' : `${value.toFixed(2)} ${isMet ? 'met' : 'MISSED'}`;
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
