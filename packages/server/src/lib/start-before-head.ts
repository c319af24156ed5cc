import type { BodySink, PushBody } from '@windhover/core';

/**
 * Starts the body of an answer before the head is sent: a body that is made of the request's then asks for it while the
 * client can still get a 100 Continue (RFC 9110 §10.1.1). The head goes out before the first byte, at the latest when
 * `body.start()` returns.
 */
export function startBeforeHead(body: PushBody, sink: BodySink, sendHead: () => void): void {
  let isSent = false;
  const sendOnce = (): void => {
    if (isSent) return;
    isSent = true;
    sendHead();
  };
  body.start({
    write(chunk, given) {
      sendOnce();
      return sink.write(chunk, given);
    },
    end(trailers) {
      sendOnce();
      sink.end(trailers);
    },
    fail(error) {
      sendOnce();
      sink.fail(error);
    },
  });
  sendOnce();
}
