import { type ConnectionInfo, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { anyFunction } from '@windhover/options';
import { fetchError } from './errors.ts';
import { HostBody } from './host-body.ts';
import { answerText, makeResponse } from './make-response.ts';
import { sendResponse } from './send-response.ts';
import { makeContext } from './web-request.ts';

/** Runs one middleware around `next`. What it throws with a status is answered, everything else is the host's. */
export async function runMiddleware(
  middleware: Middleware<HttpContext>,
  request: Request,
  next: () => unknown,
  connection: Partial<ConnectionInfo> | undefined,
): Promise<Response> {
  const startedAt = Date.now();
  const context = makeContext(request, connection);
  let host: Response | null = null;
  const rest = async (): Promise<void> => {
    const result = await next();
    sendHead(context, result);
    host = result as Response;
  };
  try {
    await middleware(context, rest);
  } catch (error) {
    if (!HttpError.is(error)) throw error;
    answerError(context, error);
  }
  try {
    return makeResponse(context, host, startedAt);
  } catch (error) {
    context.response.reset(); // lets go of a body that is not sent
    throw error;
  }
}

/** The host's answer, its body as something that can be left alone. */
function sendHead(context: HttpContext, result: unknown): void {
  const stream = result instanceof Response ? result.body : null;
  sendResponse(context, result);
  const { response } = context;
  const { declaredLength } = response;
  response.takeBody();
  if (stream !== null) response.body = new HostBody(stream as ReadableStream<Uint8Array>);
  response.declaredLength = declaredLength;
}

function answerError(context: HttpContext, error: HttpError): void {
  const { response } = context;
  response.reset();
  response.status = error.status;
  if (error.headers !== null) response.headers.assign(error.headers);
  answerText(context, error.expose ? error.message : `${error.status}`);
}

/** Throws `FETCH_OPTION_INVALID` for what is not a middleware. */
export function checkMiddleware(middleware: unknown): void {
  const fault = anyFunction.fault(middleware, 'the middleware');
  if (fault !== null) throw fetchError('FETCH_OPTION_INVALID', fault);
}
