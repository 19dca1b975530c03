import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { createParser } from 'eventsource-parser';

/** JSON Schema, as far as the document uses it. */
export type Schema = Readonly<Record<string, unknown>>;

interface Media {
  schema: Schema;
  'x-itemSchema'?: Schema;
}

type Content = Readonly<Record<string, Media>>;

/** An operation of an OpenAPI document. */
export interface Operation {
  operationId: string;
  parameters: readonly {
    name: string;
    in: 'path' | 'query' | 'header';
    schema: Schema;
    required?: true;
  }[];
  requestBody?: { required: boolean; content: Content };
  responses: Readonly<Record<string, { content: Content }>>;
  security?: readonly unknown[];
}

/** An OpenAPI document, as far as ours goes. */
export interface OpenApiDocument {
  openapi: string;
  info: { version: string };
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

/** What was answered. */
export interface Answered {
  status: number;
  contentType: string;
  text: string;
}

/** What a document says, and whether what is answered is as it says. */
export interface Description {
  operations: readonly { method: string; path: string; operation: Operation }[];
  /** What is not as the document says; empty if all is. */
  problemsOf(method: string, path: string, answered: Answered): string[];
}

/** Reads a document. Throws if one of its schemas is no valid JSON Schema. */
export function readDescription(document: OpenApiDocument): Description {
  // zod writes the pattern beside every format, so formats need no check of their own.
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false });
  ajv.addVocabulary(['components']);
  const { components } = document;
  const compiled = new Map<Schema, ValidateFunction>();
  const compile = (schema: Schema) => {
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components });
    compiled.set(schema, validate);
    return validate;
  };
  const errorsOf = (schema: Schema, value: unknown): string[] => {
    const validate = compile(schema);
    return validate(value) ? [] : [ajv.errorsText(validate.errors)];
  };
  for (const schema of schemasOf(document)) compile(schema);

  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
    )
    // What is more exact comes first: `/documents/{id}` fits what ends in `/upload` too.
    .toSorted((a, b) => literal(b.path).length - literal(a.path).length);

  const responseOf = (method: string, path: string, status: number) => {
    const asked = operations.find((one) => one.method === method && toPattern(one.path).test(path));
    // What is not there, or not by this method, is answered as everything beside it.
    const beside = document.paths[path.startsWith('/v1') ? '/v1/models' : '/health']!['get'];
    const { responses } = (asked?.operation ?? beside)!;
    return {
      isKnown: asked !== undefined && String(status) in responses,
      ...(responses[status] ?? responses['default']),
    };
  };

  return {
    operations,
    problemsOf: (method, path, { status, contentType, text }) => {
      const { isKnown, content = {} } = responseOf(method, path, status);
      if (!isKnown && status < 400) return [`The status ${status} is not in the document.`];
      if (Object.keys(content).length === 0) return text === '' ? [] : ['There is a body.'];
      const type = contentType.split(';', 1)[0]!;
      const media = content[type];
      if (!media) return [`The content type ${type} is not in the document.`];
      const { schema, 'x-itemSchema': itemSchema } = media;
      if (!itemSchema) return errorsOf(schema, JSON.parse(text));
      const items = type === 'text/event-stream' ? readEvents(text) : readLines(text);
      return items.flatMap((item) => errorsOf(itemSchema, item));
    },
  };
}

/** Every schema of a body or a parameter. */
function schemasOf({ paths, components }: OpenApiDocument): Schema[] {
  const inOperations = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ parameters, requestBody, responses }) => {
      const contents = [requestBody, ...Object.values(responses)].map((each) => each?.content ?? {});
      const media = contents.flatMap((content) => Object.values(content));
      return [...parameters, ...media].flatMap(({ schema, ...more }) => [
        schema,
        ...('x-itemSchema' in more ? [more['x-itemSchema']] : []),
      ]);
    });
  return [...inOperations, ...Object.values(components.schemas)];
}

function literal(path: string): string {
  return path.replaceAll(/\{\w+\}/g, '');
}

function toPattern(path: string): RegExp {
  const source = path.split(/\{\w+\}/).map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${source.join('.+')}/?$`);
}

function readEvents(text: string): object[] {
  const events: object[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      const parsed: unknown = data.startsWith('{') ? JSON.parse(data) : data;
      events.push({ ...(id !== undefined && { id }), ...(event !== undefined && { event }), data: parsed });
    },
    onError: (error) => {
      throw error;
    },
  });
  parser.feed(text);
  return events;
}

function readLines(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
