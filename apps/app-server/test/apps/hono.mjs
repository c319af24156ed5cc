// What people have: JSX, streams, cookies.
import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { jsx } from 'hono/jsx';
import { streamSSE, streamText } from 'hono/streaming';

const app = new Hono();
const Page = ({ said }) => jsx('html', null, jsx('title', null, 'Hono'), jsx('p', { id: 'said' }, said));
app.get('/', (c) => c.html(jsx(Page, { said: 'Hello' })));
app.get('/visits', (c) => {
  const visits = Number(getCookie(c, 'visits') ?? 0) + 1;
  setCookie(c, 'visits', String(visits));
  return c.json({ visits });
});
app.post('/upload', async (c) => {
  const { file } = await c.req.parseBody();
  return c.json({ name: file.name, size: file.size });
});
app.get('/stream', (c) =>
  streamText(c, async (stream) => {
    for (const word of ['one ', 'two ', 'three']) await stream.write(word);
  }),
);
app.get('/events', (c) =>
  streamSSE(c, async (stream) => {
    for (const data of ['1', '2', '3']) await stream.writeSSE({ data });
  }),
);
app.get('/who', (c) => c.text(new URL(c.req.url).origin));

export default app;
