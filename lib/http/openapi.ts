import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { errorBody } from './error-body.ts';
import { sequences, type Content, type Contract } from './contract.ts';
import { json } from './response.ts';
import type { AnyRoute, OpenRoute } from './router.ts';

type Schema = Record<string, unknown>;

/** `GET /openapi.json`: what all routes take and give. Made when it is first asked for, then kept. */
export function createOpenApiRoute(routes: () => readonly AnyRoute[]): OpenRoute {
  let document: object | undefined;
  return {
    method: 'GET',
    pattern: /^\/openapi\.json$/,
    isOpen: true,
    contract: () => ({
      path: '/openapi.json',
      operation: 'describeApi',
      summary: 'This document.',
      responses: {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': z.looseObject({}) } },
      },
    }),
    handle: async () => json(200, (document ??= describeRoutes(routes()))),
  };
}

/** The routes as an OpenAPI document (https://spec.openapis.org/oas/v3.1.0). */
function describeRoutes(routes: readonly AnyRoute[]): object {
  const schemas: Schema = {};
  const paths: Record<string, Schema> = {};
  for (const route of routes) {
    const contract = route.contract();
    const path = (paths[contract.path] ??= {});
    path[route.method.toLowerCase()] = {
      ...describe(contract, schemas),
      ...('isOpen' in route && { security: [] }),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Raglan', version: packageJson.version, description: packageJson.description },
    security: [{ key: [] }],
    paths,
    components: { schemas, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}

function describe(contract: Contract, schemas: Schema): Schema {
  const { operation, summary, body, responses, error = errorBody } = contract;
  const all: Contract['responses'] & Record<string, Contract['responses'][number]> = {
    ...responses,
    default: { description: 'An error.', content: { 'application/json': error } },
  };
  return {
    operationId: operation,
    summary,
    parameters: parametersOf(contract, schemas),
    ...(body && {
      requestBody: { required: !body.isOptional, content: toMedia(body.content, 'input', schemas) },
    }),
    responses: Object.fromEntries(
      Object.entries(all).map(([status, { description, content = {} }]) => [
        status,
        { description, content: toMedia(content, 'output', schemas) },
      ]),
    ),
  };
}

function parametersOf({ path, parameters = {} }: Contract, schemas: Schema): Schema[] {
  const inPath = z.object(
    Object.fromEntries(Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => [name, z.string()])),
  );
  const places = { ...parameters, path: inPath.extend(parameters.path?.shape ?? {}) };
  return Object.entries(places).flatMap(([place, object]) => {
    const { properties = {}, required = [] } = toSchema(object, 'input', schemas) as {
      properties?: Record<string, unknown>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, schema]) => ({
      ...{ name, in: place, schema },
      ...(required.includes(name) && { required: true }),
    }));
  });
}

function toMedia(content: Content, io: 'input' | 'output', schemas: Schema): Schema {
  return Object.fromEntries(
    Object.entries(content).map(([type, each]) => {
      const schema = toSchema(each, io, schemas);
      // OpenAPI 3.1 has no word for the items of a stream; 3.2 has `itemSchema`.
      const media = sequences.includes(type)
        ? { schema: { type: 'string' }, 'x-itemSchema': schema }
        : { schema };
      return [type, media];
    }),
  );
}

/** A schema as JSON Schema; those in it that have a name go to the document's `schemas`. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Schema): Schema {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const text = JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs = {}, ...rest } = JSON.parse(text) as Schema;
  Object.assign(schemas, $defs);
  return rest;
}
