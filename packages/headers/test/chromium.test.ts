import { compose, type HttpContext, type Middleware } from '@windhover/core';
import { createServer } from '@windhover/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChromium } from '../../../scripts/lib/open-chromium.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { type CspReport, cors, cspReports, insertNonce, securityHeaders } from '../src/index.ts';

async function listen(layers: Middleware<HttpContext>[], handler: (context: HttpContext) => void): Promise<string> {
  const server = createServer(compose(layers, handler));
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return `http://${name}`;
}

/** Waits for what a page says by asking for `/said?…`. */
function listener(): { readonly said: Promise<string>; take(context: HttpContext): boolean } {
  let say: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => {
    say = resolve;
  });
  return {
    said,
    take({ request, response }) {
      if (request.path !== '/said') return false;
      say(decodeURIComponent(request.query ?? ''));
      response.body = 'ok';
      return true;
    },
  };
}

describe.skipIf(!hasPeer('chromium'))('Chromium', () => {
  it('runs scripts with the nonce of the answer, no others, and reports those', async () => {
    const { said, take } = listener();
    let onReport: (report: CspReport) => void = () => undefined;
    const reported = new Promise<CspReport>((resolve) => {
      onReport = resolve;
    });
    const contentSecurityPolicy = {
      // With `reportTo` Chromium collects reports for a minute before it sends them.
      directives: { 'script-src': ["'nonce'"], 'upgrade-insecure-requests': false, 'report-uri': '/csp-reports' },
    };
    const layers = [
      securityHeaders({ contentSecurityPolicy }),
      cspReports({ onReport: (report) => onReport(report) }),
      insertNonce('__nonce__'),
    ];
    const url = await listen(layers, (context) => {
      if (take(context)) return;
      context.response.headers.set('Content-Type', 'text/html');
      context.response.body = `<!doctype html><title>policy</title>
        <script>document.title += ' without'</script>
        <script nonce="AAAAAAAAAAAAAAAAAAAAAA==">document.title += ' forged'</script>
        <script nonce="__nonce__">document.title += ' with'; fetch('/said?' + encodeURIComponent(document.title))</script>`;
    });
    await openChromium(url);
    expect(await said).toBe('policy with');
    expect(await reported).toMatchObject({ blockedUrl: 'inline', directive: 'script-src-elem' });
  });

  it('sends a preflight, and lets a page of an allowed origin read the answer', async () => {
    const { said, take } = listener();
    const methods: string[] = [];
    let origin = '';
    const allowed = cors({
      origins: (asking) => asking === origin,
      methods: ['PUT'],
      headers: ['X-Own'],
      credentials: true,
    });
    const note: Middleware<HttpContext> = (context, next) => {
      methods.push(context.request.method);
      return next(context);
    };
    const api = await listen([note, allowed], ({ response }) => {
      response.body = 'from the API';
    });
    const other = await listen(
      [cors({ origins: ['https://elsewhere.example'], methods: ['PUT'], headers: ['X-Own'] })],
      ({ response }) => {
        response.body = 'not for you';
      },
    );
    origin = await listen([], (context) => {
      if (take(context)) return;
      context.response.headers.set('Content-Type', 'text/html');
      context.response.body = `<!doctype html><script>(async () => {
        const ask = (url) => fetch(url, { method: 'PUT', headers: { 'X-Own': '1' }, credentials: 'include' }).then((answer) => answer.text(), () => 'refused');
        fetch('/said?' + encodeURIComponent([await ask('${api}/'), await ask('${other}/')].join(', ')));
      })()</script>`;
    });
    await openChromium(origin);
    expect(await said).toBe('from the API, refused');
    expect(methods).toEqual(['OPTIONS', 'PUT']);
  });
});
