import { clientAddress } from '@windhover/client-address';
import type { HttpContext, Middleware } from '@windhover/core';
import { errorPages } from '@windhover/respond';
import { createRouter, route } from '@windhover/router';
import express from 'express';
import multer from 'multer';
import { describe, expect, it } from 'vitest';
import { contextOf } from '../src/index.ts';
import { ask } from './hosts.ts';
import { expressWith, type Listener, listen, tag } from './to-connect-hosts.ts';

describe('toConnect() in Express, before the application', () => {
  it('runs our client-address, router and error pages', async () => {
    const app = expressWith([
      clientAddress({ trust: ['loopback'] }),
      errorPages(),
      createRouter([
        route(
          'GET',
          '/users/:id',
          ({ response, client }, { id }) => void (response.body = `${id} for ${client.address}`),
        ),
      ]),
    ]);
    app.get('/gone', (_request, response) => void response.status(410).end());
    app.get('/ours', (request, response) => void response.send(contextOf(request)?.client.address));
    const port = await listen(app as unknown as Listener);
    const headers = { 'X-Forwarded-For': '203.0.113.7' };
    expect(await ask(port, { path: '/users/7', headers })).toMatchObject({ status: 200, body: '7 for 203.0.113.7' });
    expect(await ask(port, { method: 'POST', path: '/users/7' })).toMatchObject({ status: 405 });
    expect(await ask(port, { path: '/ours', headers })).toMatchObject({ body: '203.0.113.7' });
    const gone = await ask(port, { path: '/gone', headers: { Accept: 'text/html' } });
    expect(gone.status).toBe(410);
    expect(gone.body).toContain('<title>410');
  });

  it('routes by the path that the middleware has judged', async () => {
    const app = expressWith([
      (context, next) => {
        const { request, response } = context;
        if (request.path.startsWith('/admin')) {
          response.status = 403;
          return;
        }
        if (request.path === '/old') request.rewrite('/new?from=old');
        return next(context);
      },
    ]);
    app.use((request, response) => void response.send(request.url));
    const port = await listen(app as unknown as Listener);
    for (const path of ['/admin/x', '/%61dmin/x', '/public/../admin/x', '/public/%2e%2e/admin/x']) {
      expect((await ask(port, { path })).status, path).toBe(403);
    }
    for (const path of ['/public%2F..%2Fadmin', '/a\\b', '/%00'])
      expect((await ask(port, { path })).status, path).toBe(400);
    expect((await ask(port, { path: '/old' })).body).toBe('/new?from=old');
    expect((await ask(port, { path: '/a/./b?q=%7e' })).body).toBe('/a/b?q=%7e');
  });

  it('shows changed request headers to the application', async () => {
    const app = expressWith([
      (context, next) => {
        context.request.headers.set('X-User', 'ann');
        context.request.headers.delete('X-Secret');
        return next(context);
      },
    ]);
    app.use((request, response) => void response.json(request.headers));
    const port = await listen(app as unknown as Listener);
    const headers = JSON.parse((await ask(port, { path: '/', headers: { 'X-Secret': 's', 'X-User': 'eve' } })).body);
    expect(headers).toMatchObject({ 'x-user': 'ann' });
    expect(headers).not.toHaveProperty('x-secret');
  });

  it('leaves uploads to the application, and gives back what it has read', async () => {
    const reading: Middleware<HttpContext> = async (context, next) => {
      if (context.request.headers.has('x-read')) context.set(sizeKey, (await context.request.body.bytes()).byteLength);
      await next(context);
    };
    const sizeKey = Symbol.for('test.size') as never;
    const app = expressWith([reading, tag]);
    app.post('/json', express.json(), (request, response) => void response.json(request.body));
    app.post(
      '/file',
      multer().single('file'),
      (request, response) => void response.json({ name: request.file?.originalname, size: request.file?.size }),
    );
    const port = await listen(app as unknown as Listener);
    const form = (): FormData => {
      const data = new FormData();
      data.set('file', new Blob(['f'.repeat(300_000)]), 'file.txt');
      return data;
    };
    for (const headers of [{}, { 'X-Read': '1' }]) {
      const file = await fetch(`http://127.0.0.1:${port}/file`, { method: 'POST', body: form(), headers });
      expect(await file.json()).toEqual({ name: 'file.txt', size: 300_000 });
      expect(file.headers.get('x-tag')).toBe('200');
      const json = await ask(port, {
        method: 'POST',
        path: '/json',
        body: '{"a":1}',
        headers: { ...headers, 'Content-Type': 'application/json' },
      });
      expect(json.body).toBe('{"a":1}');
    }
  });

  it('ends a body for the application that a middleware has read as a stream', async () => {
    const sizes: number[] = [];
    const app = expressWith([
      async (context, next) => {
        let size = 0;
        for await (const chunk of context.request.body) size += chunk.byteLength;
        sizes.push(size);
        await next(context);
      },
    ]);
    app.post('/', express.text(), (request, response) => void response.json(request.body ?? ''));
    const port = await listen(app as unknown as Listener);
    for (const size of [0, 5, 100_000]) {
      const headers = { 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked' };
      expect((await ask(port, { method: 'POST', path: '/', headers, body: 'x'.repeat(size) })).body).toBe('""');
    }
    expect(sizes).toEqual([0, 5, 100_000]);
  });

  it('refuses more of a body than a middleware may read', async () => {
    const app = expressWith(
      [
        async (context, next) => {
          await context.request.body.bytes();
          await next(context);
        },
      ],
      { maxRequestBodyBytes: 10 },
    );
    app.use((_request, response) => void response.send('fine'));
    const port = await listen(app as unknown as Listener);
    expect((await ask(port, { method: 'POST', path: '/', body: 'x'.repeat(10) })).body).toBe('fine');
    expect((await ask(port, { method: 'POST', path: '/', body: 'x'.repeat(11) })).status).toBe(413);
  });
});
