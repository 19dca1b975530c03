import * as fc from 'fast-check';
import type { Schema } from '../openapi/description.ts';

/** Values worth asking with, by the name of the property or parameter, or the path that they stand below. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

/** Values that a schema of the document allows. `known` ones are chosen more often than others. */
export function createValid(schemas: Readonly<Record<string, Schema>>, known: Known) {
  const named = (name: string, schema: Schema): fc.Arbitrary<unknown> => {
    const values = Object.hasOwn(known, name) ? (known[name] ?? []) : [];
    if (values.length === 0) return valid(schema);
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: valid(schema) },
    );
  };

  const valid = (schema: Schema): fc.Arbitrary<unknown> => {
    const { $ref, anyOf, type } = schema;
    if (typeof $ref === 'string') return valid(schemas[$ref.split('/').at(-1)!]!);
    if (Array.isArray(anyOf)) return fc.oneof(...(anyOf as Schema[]).map(valid));
    if ('const' in schema) return fc.constant(schema['const']);
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
    switch (type) {
      case 'string':
        return text(schema);
      case 'integer':
        return fc.integer(boundsOf(schema));
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return list(schema);
      case 'object':
        return object(schema);
      case undefined:
        return fc.jsonValue({ maxDepth: 3 });
      default:
        throw new Error(`No values are known for the type ${JSON.stringify(type)}.`);
    }
  };

  const list = (schema: Schema): fc.Arbitrary<unknown> => {
    const {
      items,
      prefixItems,
      minItems = 0,
      maxItems = 4,
    } = schema as Record<string, number> & {
      items?: Schema;
      prefixItems?: Schema[];
    };
    if (prefixItems) return fc.tuple(...prefixItems.map(valid));
    // Long ones take time and find nothing that short ones do not.
    return fc.array(valid(items ?? {}), {
      minLength: minItems,
      maxLength: Math.max(minItems, Math.min(maxItems, 4)),
    });
  };

  const object = (schema: Schema): fc.Arbitrary<unknown> => {
    const {
      properties = {},
      required = [],
      propertyNames,
      additionalProperties,
    } = schema as {
      properties?: Record<string, Schema>;
      required?: string[];
      propertyNames?: Schema;
      additionalProperties?: Schema | false;
    };
    if (propertyNames && additionalProperties) {
      const names = valid(propertyNames) as fc.Arbitrary<string>;
      return fc.dictionary(names, valid(additionalProperties), { maxKeys: 3 });
    }
    const fields = Object.entries(properties).map(([name, each]) => [name, named(name, each)]);
    return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
      requiredKeys: required,
      noNullPrototype: true,
    });
  };

  return { valid, named };
}

function boundsOf({ minimum, maximum }: Schema): fc.IntegerConstraints {
  const limit = 2 ** 31 - 1;
  return {
    min: typeof minimum === 'number' ? Math.max(minimum, -limit) : -limit,
    max: typeof maximum === 'number' ? Math.min(maximum, limit) : limit,
  };
}

function text({ pattern, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<string> {
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  const bounds = { minLength: Number(minLength), maxLength: Math.min(Number(maxLength), 300) };
  return fc.oneof(fc.string(bounds), fc.string({ ...bounds, unit: 'binary' }));
}
