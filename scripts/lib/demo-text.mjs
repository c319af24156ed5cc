/** What `npm start` says when the demo is ready. */
export function demoText({ front, secure, metrics }, readyAfterMs) {
  const site = `http://localhost:${front}/`;
  return `
Ready after ${Math.round(readyAfterMs)} ms. Open ${site}, which shows what to click and what to type.

  https://localhost:${secure}/              the same over HTTPS; the browser does not know the certificate yet
  http://docs.localhost:${front}/          another site by its host
  http://127.0.0.1:${metrics}/metrics        metrics; http://127.0.0.1:${metrics}/health/ready is for balancers

In a second terminal, in this folder:
  curl ${site}api/instance           two APIs, which answer in turn
  curl -i -H 'Accept: application/json' ${site}missing
  tail -f examples/demo/logs/access.log
  npm run -s demo explain GET ${site}api/time
  npm run -s demo status

What serves it is examples/demo/windhover.yaml. Ctrl+C stops everything.
`;
}
