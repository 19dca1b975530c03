import * as fc from 'fast-check';

/** Values that break what was not made for them. */
const values: readonly unknown[] = [
  ...[null, true, '', ' ', [], {}, [[]], [null], { '': '' }],
  ...[-1, 0.1, 1e308, -1e308, 5e-324, 2 ** 53, 99_999_999_999],
  ...['\0', '\uD800', '\uDFFF\uD83D', '\u202E\u200B\uFEFF', 'e\u0301'.repeat(400), '💣'.repeat(3_000)],
  ...['x'.repeat(20_000), '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
  ...['../../etc/passwd', '%2e%2e%2f', '${7*7}', "' OR 1=1 --", '<script>alert(1)</script>', '\r\nx-a: b'],
  ...[{ constructor: { prototype: { polluted: true } } }, { toString: 1, valueOf: null }, { length: 1e9 }],
];

/** Any of them, or any JSON. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom(...values), fc.jsonValue());

/** Segments of a path, as they are sent. */
export const hostileSegment: fc.Arbitrary<string> = fc.constantFrom(
  ...[
    '..',
    '.',
    '%2e%2e',
    '..%2f..%2fguide',
    'a%2Fb',
    'a%2F%2Fb',
    'a//b',
    '%00',
    '%',
    '%E0%A4%A',
    '%ED%A0%80',
  ],
  ...[
    '__proto__',
    'constructor',
    '%F0%9F%92%A3',
    'a%20b',
    'a+b',
    '%25',
    '%23',
    'x'.repeat(2_000),
    '%0d%0a',
    '*',
  ],
);

/** The bytes of a text, each as a character. */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Bodies that are no JSON, or more of it than anybody needs. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc
    .constantFrom(
      ...['', '{', 'null', '[]', '"x"', '1e999', 'NaN', '{"question":1e999}', '\uFEFF{}', '{"a":1}{"b":2}'],
      ...['{"question":"x","question":null}', '{"__proto__":{"question":"x"}}', '"\\ud800"', '{"\\u0000":1}'],
      ...['['.repeat(50_000), `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
      ...[`{"question":"x","filter":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
      ...[`{"metadata":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
      ...[`{${Array.from({ length: 5_000 }, (_, n) => `"k${n}":1`).join()}}`],
    )
    .map(bytesOf),
);

/** A value with something in it that is left out, or is another. */
export function nearly(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.oneof(fc.constant(leftOut), hostileValue);
  return fc.tuple(valid, fc.nat(), change).map(([value, at, replacement]) => {
    const places = placesOf(value);
    return replaced(value, places[at % places.length]!, replacement);
  });
}

const leftOut = Symbol('left out');

/** Every place in a value, and one where an object or a list of it has nothing yet. */
function placesOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inside = Object.entries(value).flatMap(([key, each]) =>
    placesOf(each).map((place) => [key, ...place]),
  );
  return [[], [Array.isArray(value) ? String(value.length) : 'more'], ...inside];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by === leftOut ? undefined : by;
  const entries = Object.entries(value as object).filter(([name]) => name !== key);
  const inside = replaced((value as Record<string, unknown>)[key], rest, by);
  const all = inside === undefined ? entries : [...entries, [key, inside] as const];
  return Array.isArray(value) ? all.map(([, each]) => each) : Object.fromEntries(all);
}
