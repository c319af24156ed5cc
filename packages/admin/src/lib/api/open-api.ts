import { z } from 'zod';
import type { AdminRoute } from './route.ts';
import { problemSchema } from './schemas.ts';

/** Describes the routes as an OpenAPI 3.1 document. */
export function openApi(routes: readonly AdminRoute[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `/api/v1${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Management API of Windhover',
      version,
      description:
        'Errors are `application/problem+json` with a `code`. A program sends `Authorization: Bearer TOKEN`. A page logs in with POST /session and sends the `csrf` of the answer as `X-Windhover-Csrf` with every request that is not a GET.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: toSchema(problemSchema) },
      responses: {
        Problem: {
          description: 'What went wrong',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'windhover-admin-PORT' },
      },
    },
  };
}

function describeRoute({ method, path, summary, role, query = {}, body, answer }: AdminRoute): Record<string, unknown> {
  const names = [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name!);
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^a-z]+([a-z])/gi, (_, letter: string) => letter.toUpperCase()).replace(/[^A-Za-z]/g, '')}`,
    summary: role === null ? summary : `${summary}. Role: ${role}`,
    security: role === null ? [] : [{ token: [] }, { session: [] }],
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(query).map(([name, description]) => ({
        ...{ name, in: 'query', required: false, description },
        schema: { type: 'string' },
      })),
    ],
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      ...(answer === null
        ? { 204: { description: 'It is done' } }
        : {
            200: {
              description: 'The answer',
              content:
                typeof answer === 'string' ? { [answer]: {} } : { 'application/json': { schema: toSchema(answer) } },
            },
          }),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function contentOf(body: NonNullable<AdminRoute['body']>): Record<string, unknown> {
  if (body === 'zip') return { 'application/zip': {} };
  return { 'application/json': { schema: toSchema(body) } };
}

function toSchema(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
