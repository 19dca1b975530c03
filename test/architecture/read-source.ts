import { parseSync, Visitor } from 'oxc-parser';

/** One import as it stands in a source: static, dynamic, re-exported or of a type. */
export interface Import {
  specifier: string;
  /** Whether it leaves nothing behind once the types are stripped. */
  isType: boolean;
}

/** What the architecture cares about in one source file. */
export interface SourceFile {
  /** Path below the repository. */
  path: string;
  imports: Import[];
  readsEnvironment: boolean;
}

/** Parses TypeScript and finds every import, whatever its form. Throws on a syntax error. */
export function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  let readsEnvironment = false;
  new Visitor({
    ImportDeclaration({ source, importKind, specifiers }) {
      const isType =
        importKind === 'type' ||
        (specifiers.length > 0 &&
          specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type'));
      imports.push({ specifier: source.value, isType });
    },
    ExportNamedDeclaration({ source, exportKind }) {
      if (source) imports.push({ specifier: source.value, isType: exportKind === 'type' });
    },
    ExportAllDeclaration({ source, exportKind }) {
      imports.push({ specifier: source.value, isType: exportKind === 'type' });
    },
    ImportExpression({ source }) {
      imports.push({ specifier: constantText(source) ?? 'a computed name', isType: false });
    },
    TSImportType({ source }) {
      imports.push({ specifier: source.value, isType: true });
    },
    MemberExpression({ object, property }) {
      const isEnv =
        (property.type === 'Identifier' && property.name === 'env') || constantText(property) === 'env';
      readsEnvironment ||= isEnv && object.type === 'Identifier' && object.name === 'process';
    },
    VariableDeclarator({ id, init }) {
      const isProcess = init?.type === 'Identifier' && init.name === 'process';
      readsEnvironment ||= isProcess && id.type === 'ObjectPattern' && names(id.properties).includes('env');
    },
  }).visit(program);
  readsEnvironment ||= imports.some(({ specifier }) => /^(node:)?process$/.test(specifier));
  return { path, imports, readsEnvironment };
}

function names(properties: readonly { type: string; key?: { type: string; name?: unknown } }[]): unknown[] {
  return properties.map(({ key }) => key?.name);
}

function constantText(node: { type: string; value?: unknown }): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
