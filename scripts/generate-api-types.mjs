// Writes packages/api-types/src/generated: TypeScript interfaces and schema tables of the core kinds.
//
//   node scripts/generate-api-types.mjs            writes the files
//   node scripts/generate-api-types.mjs --check    exits with 1 when a file is not what would be written
//
// Names, types, required fields and descriptions come from the models of @kubernetes/client-node; order, presence, merge
// keys and list types, which those lack, from api-types-layout.txt.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const outDir = join(root, 'packages/api-types/src/generated');
const models = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen/models');

/** Packages in the order in which they may import each other. */
const PACKAGES = [
  { prefix: 'io.k8s.apimachinery.pkg.apis.meta.v1', file: 'meta-v1' },
  { prefix: 'io.k8s.api.core.v1', file: 'core-v1' },
  { prefix: 'io.k8s.api.autoscaling.v1', file: 'autoscaling-v1' },
  { prefix: 'io.k8s.api.policy.v1', file: 'policy-v1' },
  { prefix: 'io.k8s.api.authentication.v1', file: 'authentication-v1' },
  { prefix: 'io.k8s.api.authorization.v1', file: 'authorization-v1' },
];

/** Written by hand, because all else leans on them; their schemas are generated all the same. */
const HAND_WRITTEN = {
  ListMeta: '../machinery/object',
  ManagedFieldsEntry: '../machinery/object',
  ObjectMeta: '../machinery/object',
  OwnerReference: '../machinery/object',
  Status: '../machinery/status',
  StatusCause: '../machinery/status',
  StatusDetails: '../machinery/status',
};

/** Full names of the types that server-side apply owns as a whole. */
const atomicTypes = new Set();
const layout = readLayout(join(here, 'api-types-layout.txt'));
const types = new Map([...layout].map(([name, fields]) => [name, readModel(name, fields)]));
const byGoName = new Map([...types.values()].map((type) => [type.goName, type]));

const outputs = new Map();
for (const pkg of PACKAGES) {
  const members = [...types.values()].filter((type) => type.pkg === pkg);
  outputs.set(`${pkg.file}.types.ts`, renderTypes(pkg, members));
  outputs.set(`${pkg.file}.schemas.ts`, renderSchemas(pkg, members));
}
const check = process.argv.includes('--check');
let stale = 0;
mkdirSync(outDir, { recursive: true });
for (const [name, text] of outputs) {
  const file = join(outDir, name);
  const config = await prettier.resolveConfig(file);
  const wanted = await prettier.format(text, { ...config, filepath: file });
  if (!check) writeFileSync(file, wanted);
  else if (read(file) !== wanted) {
    stale += 1;
    console.error(`${name} is not what scripts/generate-api-types.mjs writes`);
  }
}
process.exit(stale === 0 ? 0 : 1);

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Full type name -> its fields: { name, presence, quantity, attributes }. */
function readLayout(file) {
  const result = new Map();
  let prefix = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const heading = /^\[(.*)\]$/.exec(line);
    if (heading) {
      prefix = heading[1];
      continue;
    }
    const [, goName, atomic, rest] = /^(\w+)(~?): ?(.*)$/.exec(line);
    if (atomic !== '') atomicTypes.add(`${prefix}.${goName}`);
    const fields = [...rest.matchAll(/(\w+)(!\?|!|\?)?(:q)?(?:\(([^)]*)\))?/g)].map(
      ([, name, mark = '', q, attributes = '']) => ({
        name,
        mark,
        quantity: q !== undefined,
        attributes: attributes.split(' ').filter((attribute) => attribute !== ''),
      }),
    );
    result.set(`${prefix}.${goName}`, fields);
  }
  return result;
}

/** One model with what the layout says of it; fields are in the layout's order. */
function readModel(name, fields) {
  const goName = name.slice(name.lastIndexOf('.') + 1);
  const pkg = PACKAGES.find((candidate) => name === `${candidate.prefix}.${goName}`);
  const model = modelName(goName);
  const js = readFileSync(join(models, `${model}.js`), 'utf8');
  const dts = readFileSync(join(models, `${model}.d.ts`), 'utf8');
  const attributes = new Map(
    JSON.parse(/attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(js)[1]).map((attribute) => [attribute.baseName, attribute]),
  );
  const body = dts.slice(dts.indexOf('export declare class'));
  const missing = [...attributes.keys()].filter((field) => !fields.some((known) => known.name === field));
  if (missing.length > 0) throw new Error(`api-types-layout.txt: ${name} lacks ${missing.join(', ')}`);
  return {
    name,
    goName,
    pkg,
    description: comment(/\/\*\*\n\* ([\s\S]*?)\n\*\/\nexport declare class/.exec(dts)?.[1] ?? ''),
    fields: fields.map((field) => {
      const attribute = attributes.get(field.name);
      if (attribute === undefined) throw new Error(`api-types-layout.txt: ${name} has no ${field.name}`);
      const declared = new RegExp(`(?:/\\*\\*\\n\\s*\\* ([^\\n]*)\\n\\s*\\*/\\n\\s*)?'${attribute.name}'(\\??): `).exec(
        body,
      );
      return {
        ...field,
        schema: schemaOf(attribute, field.quantity),
        required: declared[2] === '',
        description: comment(declared[1] ?? ''),
      };
    }),
  };
}

function modelName(goName) {
  if (goName === 'TokenRequest') return 'AuthenticationV1TokenRequest';
  if (['Event', 'EventSeries', 'EventList', 'EndpointPort', 'ResourceClaim'].includes(goName)) return `CoreV1${goName}`;
  return `V1${goName}`;
}

function comment(text) {
  return text.replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll(/\s+/g, ' ').trim();
}

function schemaOf({ type, format }, quantity) {
  const array = /^Array<(.*)>$/.exec(type);
  if (array) return { type: 'array', items: schemaOf({ type: array[1], format }, quantity) };
  const map = /^\{\s*\[key: string\]: (.*);\s*\}$/.exec(type);
  if (map) return { type: 'map', values: schemaOf({ type: map[1], format }, quantity) };
  if (quantity) return { type: 'string', format: 'quantity' };
  switch (type) {
    case 'string':
      return format === 'byte' ? { type: 'string', format: 'byte' } : { type: 'string' };
    case 'number':
      return format === 'int32' || format === 'int64' ? { type: 'integer', format } : { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'Date':
      return { type: 'string', format: 'date-time' };
    case 'V1MicroTime':
      return { type: 'string', format: 'micro-time' };
    case 'IntOrString':
      return { type: 'string', format: 'int-or-string' };
    case 'any':
      return { type: 'any' };
    default:
      return { type: 'ref', goName: type.replace(/^(CoreV1|AuthenticationV1|V1)/, '') };
  }
}

function banner(what) {
  return `// ${what}\n// Written by scripts/generate-api-types.mjs; changes here are lost.\n\n`;
}

function renderTypes(pkg, members) {
  const imports = new Map();
  const use = (goName) => {
    const from =
      HAND_WRITTEN[goName] ??
      (byGoName.get(goName).pkg === pkg ? undefined : `./${byGoName.get(goName).pkg.file}.types`);
    if (from !== undefined) imports.set(from, (imports.get(from) ?? new Set()).add(goName));
    return goName;
  };
  const tsType = (schema) => {
    switch (schema.type) {
      case 'array':
        return `${tsType(schema.items)}[]`;
      case 'map':
        return `Record<string, ${tsType(schema.values)}>`;
      case 'string':
        return schema.format === 'int-or-string' ? 'string | number' : 'string';
      case 'integer':
        return 'number';
      case 'any':
        return 'unknown';
      case 'ref':
        return use(schema.goName);
      default:
        return schema.type;
    }
  };
  let body = '';
  for (const type of members) {
    if (type.goName in HAND_WRITTEN) continue;
    const items = type.fields.find((field) => field.name === 'items');
    if (items !== undefined && type.goName.endsWith('List')) {
      imports.set('../machinery/object', (imports.get('../machinery/object') ?? new Set()).add('KubeList'));
      body += `${doc(type.description)}export type ${type.goName} = KubeList<${use(items.schema.items.goName)}>;\n\n`;
      continue;
    }
    const isKind =
      type.fields.some((field) => field.name === 'kind') && type.fields.some((field) => field.name === 'apiVersion');
    const isObject = isKind && type.fields.some((field) => field.name === 'metadata');
    const isMeta = isKind && !isObject && type.goName === 'DeleteOptions';
    if (isObject || isMeta) {
      const base = isObject ? 'KubeObject' : 'TypeMeta';
      imports.set('../machinery/object', (imports.get('../machinery/object') ?? new Set()).add(base));
      body += `${doc(type.description)}export interface ${type.goName} extends ${base} {\n`;
    } else body += `${doc(type.description)}export interface ${type.goName} {\n`;
    for (const field of type.fields) {
      if ((isObject || isMeta) && ['kind', 'apiVersion', 'metadata'].includes(field.name)) continue;
      const time = field.schema.format === 'date-time' || field.schema.format === 'micro-time';
      const nullable = field.mark === '!?' || (field.mark === '!' && time);
      body += `${doc(field.description)}${field.name}${field.required ? '' : '?'}: ${tsType(field.schema)}${nullable ? ' | null' : ''};\n`;
    }
    body += '}\n\n';
  }
  const head = [...imports].sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    banner(`Interfaces of ${pkg.prefix}.`) +
    head.map(([from, names]) => `import type { ${[...names].sort().join(', ')} } from '${from}';\n`).join('') +
    '\n' +
    body
  );
}

function doc(text) {
  return text === '' ? '' : `/** ${text.replaceAll('*/', '*\\/')} */\n`;
}

function renderSchemas(pkg, members) {
  const constant = `${pkg.file.replaceAll('-', '_').toUpperCase()}_SCHEMAS`;
  const rows = members.map((type) => ({
    name: type.name,
    description: type.description,
    fields: type.fields.map((field) => fieldSchema(field)),
  }));
  return (
    banner(`Schemas of ${pkg.prefix}.`) +
    `import type { TypeSchema } from '../machinery/schema';\n\nexport const ${constant}: readonly TypeSchema[] = ${JSON.stringify(rows)};\n`
  );
}

function fieldSchema(field) {
  const result = {
    name: field.name,
    schema: resolveRefs(field.schema),
    description: field.description !== '' ? field.description : (byGoName.get(field.schema.goName)?.description ?? ''),
  };
  if (field.required) result.required = true;
  if (field.mark !== '') result.presence = { '?': 'pointer', '!': 'always', '!?': 'always-nullable' }[field.mark];
  if (result.schema.type === 'ref' && atomicTypes.has(result.schema.name)) result.mapType = 'atomic';
  for (const attribute of field.attributes) {
    const [name, value = ''] = attribute.split('=');
    if (name === 'merge' || name === 'retainKeys' || name === 'merge+retainKeys') {
      result.patchStrategy = name.replace('+', ',');
      if (value !== '') result.patchMergeKey = value;
    } else if (name.startsWith('list-')) {
      result.listType = name.slice('list-'.length);
      if (value !== '') result.listMapKeys = value.split('+');
    } else if (name.startsWith('map-')) result.mapType = name.slice('map-'.length);
    else throw new Error(`api-types-layout.txt: unknown attribute ${attribute}`);
  }
  return result;
}

function resolveRefs(schema) {
  switch (schema.type) {
    case 'ref': {
      const target = byGoName.get(schema.goName);
      if (target === undefined) throw new Error(`api-types-layout.txt: no type ${schema.goName}`);
      return { type: 'ref', name: target.name };
    }
    case 'array':
      return { type: 'array', items: resolveRefs(schema.items) };
    case 'map':
      return { type: 'map', values: resolveRefs(schema.values) };
    default:
      return schema;
  }
}
