import { toRealRequest } from './light-request.ts';

let isDone = false;

/** Makes `new Request(request)` and `fetch(request)` use the real request: they read private fields, which a light request cannot have. */
export function acceptLightRequests(): void {
  if (isDone) return;
  isDone = true;
  globalThis.Request = new Proxy(globalThis.Request, {
    construct: (target, [input, ...rest], newTarget) =>
      Reflect.construct(target, [toRealRequest(input), ...rest], newTarget),
  });
  globalThis.fetch = new Proxy(globalThis.fetch, {
    apply: (target, self, [input, ...rest]) => Reflect.apply(target, self, [toRealRequest(input), ...rest]),
  });
}
