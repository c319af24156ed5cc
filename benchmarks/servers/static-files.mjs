// A folder served by one of the static file servers for Node: node static-files.mjs windhover|sirv|send FOLDER
import { createServer } from 'node:http';

const [, , name, folder] = process.argv;

const start = {
  async windhover() {
    const [{ createServer: create }, { staticFiles }] = await Promise.all([
      import('@windhover/server'),
      import('@windhover/static'),
    ]);
    const listener = await create(staticFiles(folder)).listen({ host: '127.0.0.1', port: 0 });
    return listener.name;
  },
  async sirv() {
    const { default: sirv } = await import('sirv');
    return listen(sirv(folder, { etag: true }));
  },
  async send() {
    const { default: send } = await import('send');
    return listen((request, response) => send(request, request.url, { root: folder }).pipe(response));
  },
};

/** What has no file is answered with 404, so that a mistake of the benchmark is seen. */
function listen(handler) {
  const server = createServer((request, response) =>
    handler(request, response, () => {
      response.statusCode = 404;
      response.end();
    }),
  );
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${server.address().port}`));
  });
}

console.log(`http://${await start[name]()}`);
process.on('SIGINT', () => process.exit());
