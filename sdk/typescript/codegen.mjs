// The typed half of the SDK, from schema.graphql and sdk/operations: node codegen.mjs [FILE], which is src/generated.ts.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as types from '@graphql-codegen/typescript-operations';
import { buildSchema, Kind, parse, print, visit } from 'graphql';

const here = new URL('.', import.meta.url);
const source = readFileSync(new URL('../../schema.graphql', here), 'utf8');
const folder = new URL('../operations/', here);
const documents = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => ({ location: name, document: parse(readFileSync(new URL(name, folder), 'utf8')) }));

const small = (name) => name[0].toLowerCase() + name.slice(1);
const large = (name) => name[0].toUpperCase() + name.slice(1);

/** Names of the fragments below a definition, its own first. */
function spread(node, fragments, found = new Set()) {
  visit(node, {
    FragmentSpread({ name }) {
      if (found.has(name.value)) return;
      found.add(name.value);
      spread(fragments.get(name.value), fragments, found);
    },
  });
  return found;
}

/** What is called: a method for every operation, with the schema's own words, and the texts that are sent. */
const calls = {
  plugin(schema, files) {
    const definitions = files.flatMap(({ document }) => document.definitions);
    const fragments = new Map(
      definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((each) => [each.name.value, each]),
    );
    const operations = definitions
      .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      .sort((one, other) => one.name.value.localeCompare(other.name.value, 'en'));
    const methods = [];
    const texts = [];
    for (const operation of operations) {
      const { selections } = operation.selectionSet;
      if (selections.length !== 1) throw new Error(`${operation.name.value} asks more than one thing`);
      const field = selections[0].name.value;
      const described = schema.getRootType(operation.operation).getFields()[field].description ?? '';
      const name = `${large(operation.name.value)}${large(operation.operation)}`;
      const answer = `${name}['${selections[0].alias?.value ?? field}']`;
      const optional = operation.variableDefinitions.every((each) => each.type.kind !== Kind.NON_NULL_TYPE || each.defaultValue);
      const given = operation.variableDefinitions.length ? `variables${optional ? '?' : ''}: ${name}Variables` : '';
      const gives = operation.operation === 'subscription' ? 'AsyncGenerator' : 'Promise';
      methods.push(`  /** ${described.trim()} */\n  ${small(operation.name.value)}(${given}): ${gives}<${answer}>;`);
      const used = [...spread(operation, fragments)].sort();
      const text = `\`${print(operation)}${used.map((each) => `\\n\${${each}}`).join('')}\``;
      const harmless = /repeat(ing)? it changes nothing/i.test(described);
      texts.push(`  ${small(operation.name.value)}: { kind: '${operation.operation}', harmless: ${harmless}, text: ${text} },`);
    }
    const pieces = [...fragments].sort(([one], [other]) => one.localeCompare(other, 'en'));
    return [
      ...pieces.map(([name, each]) => `const ${name} = \`${print(each)}\`;`),
      '/** What is sent; harmless: to repeat it changes nothing. */',
      "export const operations: Record<string, { kind: 'query' | 'mutation' | 'subscription'; harmless: boolean; text: string }> = {",
      ...texts,
      '};',
      '/** A method for every query, mutation and subscription of the schema. */',
      'export interface Calls {',
      ...methods,
      '}',
    ].join('\n');
  },
};

const time = { input: 'Date | string', output: 'string' };
const written = await codegen({
  schema: parse(source),
  schemaAst: buildSchema(source),
  documents,
  filename: 'generated.ts',
  config: {
    strictScalars: true,
    enumsAsTypes: true,
    enumType: 'string-literal',
    scalars: { Date: 'string', DateTime: time, Decimal: 'string', ID: 'string', JSON: 'unknown', LocalTime: 'string', PhoneNumber: 'string' },
  },
  pluginMap: { types, calls },
  plugins: [{ types: {} }, { calls: {} }],
});
writeFileSync(process.argv[2] ?? new URL('src/generated.ts', here), `// Written by codegen.mjs: make sdk.\n${written}`);
