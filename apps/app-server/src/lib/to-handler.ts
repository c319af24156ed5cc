import type { Handler, HttpContext, Logger } from '@windhover/core';
import type { App } from './read-export.ts';
import { tellOfWebSockets } from './tell-of-web-sockets.ts';
import { warnOfListening } from './warn-of-listening.ts';

/** Creates a handler that runs the application. Loads only the adapter it needs. */
export async function toHandler(app: App, log: Logger): Promise<Handler<HttpContext>> {
  await warnOfListening(log);
  switch (app.kind) {
    case 'handler':
      return app.value;
    case 'fetch': {
      const { fromFetch, useFastResponse } = await import('@windhover/adapter-fetch');
      useFastResponse(); // this process runs only this application, so its global may be replaced
      return tellOfWebSockets(fromFetch(app.value), log);
    }
    case 'listener': {
      const { fromConnect } = await import('@windhover/adapter-connect');
      return tellOfWebSockets(fromConnect(app.value, { log }), log);
    }
    case 'server': {
      const { fromNodeServer } = await import('@windhover/adapter-connect');
      return fromNodeServer(app.value, { log });
    }
    case 'fastify': {
      const { fromFastify } = await import('@windhover/adapter-fastify');
      return fromFastify(app.value, { log });
    }
  }
}
