// Types for TypeScript: node codegen.mjs SCHEMA FOLDER OUT writes OUT/schema.ts, and OUT/operations.ts for FOLDER.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const [schema, folder, out] = process.argv.slice(2);
const read = (path) => parse(readFileSync(path, 'utf8'));
const documents = readdirSync(folder).map((name) => ({ location: name, document: read(join(folder, name)) }));
const config = {
  strictScalars: true,
  scalars: { Date: 'string', DateTime: 'string', Decimal: 'string', ID: 'string', JSON: 'unknown', LocalTime: 'string', PhoneNumber: 'string' },
  enumsAsTypes: true,
};

for (const [name, plugin] of Object.entries({ schema: typescript, operations })) {
  const filename = join(out, `${name}.ts`);
  const how = { config, pluginMap: { [name]: plugin }, plugins: [{ [name]: {} }] };
  const written = await codegen({ schema: read(schema), documents, filename, ...how });
  writeFileSync(filename, written);
}
