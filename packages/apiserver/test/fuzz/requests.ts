import fc from 'fast-check';
import type { Endpoint } from './endpoints';
import { seedObject } from './seed-objects';

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'];
/** Few, so that objects are met again. */
const OWN_NAMES = ['a', 'b'];
const NAMES = ['default', 'kubernetes', 'x'.repeat(300), '%2e%2e', '..', 'A_B', '%00', '%C3%A9', '__proto__', 'constructor', 'a%2Fb', '%', 'a.b-c']; // prettier-ignore
const NAMESPACES = ['default', 'default', 'default', 'other', 'missing', '__proto__', ''];
const BODY_MEDIA = ['application/json', 'application/json', 'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']; // prettier-ignore
const PATCH_MEDIA = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml']; // prettier-ignore
const NO_MEDIA = ['text/plain', ';;;', ''];
const HEADER_NAMES = ['user-agent', 'impersonate-user', 'if-match', 'upgrade', 'x-forwarded-for', 'accept-encoding'];
const HEADER_VALUES = ['x', 'kubectl/v1.0.0', 'gzip', '"1"', 'Mozilla/5.0'];
const ACCEPT = [
  '',
  '*/*',
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
  'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io',
  'text/html',
  'application/json;q=x;;,',
];
const QUERY_NAMES = ['labelSelector', 'fieldSelector', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'dryRun', 'fieldManager', 'fieldValidation', 'force', 'pretty', 'timeout', 'gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'container', 'tailLines', 'command', 'allowWatchBookmarks', 'sendInitialEvents', 'namespace', 'labels', 'fields', 'includeObject', '__proto__', 'watch', 'export', 'ports', 'sinceTime', 'limitBytes']; // prettier-ignore
const QUERY_VALUES = ['', '1', '0', '-1', 'true', 'false', 'a=b', 'a in (b,c)', 'a notin (b', '!a', 'metadata.name=a', 'status.phase!=Running', 'spec.nodeName=', 'All', 'Strict', 'Background', 'abc', '1e99', '99999999999999999999', 'a,,=,!', '='.repeat(500), '%00', '10s', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJ4In0', 'Exact', 'NotOlderThan', 'constructor', '(((((', 'x'.repeat(2_000)]; // prettier-ignore
const NASTY: readonly unknown[] = [null, true, -1, 0, 1.5, 1e300, 2 ** 53, '', 'x', 'a'.repeat(5_000), [], {}, [null], [[]], [{}], { a: null }, { $patch: 'delete' }, { $patch: 'replace' }, { '$setElementOrder/containers': [{ name: 'x' }] }, { $retainKeys: ['x'] }, { constructor: { prototype: { polluted: 1 } } }, { prototype: 1, toString: 'x', hasOwnProperty: 2 }, '9999999Ei', '1e-400', '-5', '2015-06-05T00:00:00Z', 'not a time', '10.10.10.10', 'None', 70_000, '70000', { key: 'value' }, ['a', 'b', 'a']]; // prettier-ignore

/** A request to one of the endpoints: some honest, most changed somewhere, some of nothing but noise. */
export function fuzzRequest(endpoints: readonly Endpoint[]): fc.Arbitrary<FuzzRequest> {
  return fc
    .constantFrom(...endpoints)
    .chain((endpoint) =>
      fc.record({ endpoint: fc.constant(endpoint), method: mostly(fc.constantFrom(...endpoint.methods), METHODS) }),
    )
    .chain(({ endpoint, method }) =>
      fc.record({
        endpoint: fc.constant(endpoint),
        method: fc.constant(method),
        name: mostly(fc.constantFrom(...OWN_NAMES), NAMES),
        namespace: mostly(fc.constant('default'), NAMESPACES),
        query: fc.array(fc.tuple(fc.constantFrom(...QUERY_NAMES), fc.constantFrom(...QUERY_VALUES)), { maxLength: 2 }),
        accept: mostly(fc.constant('application/json'), ACCEPT),
        media: mostly(fc.constantFrom(...(method === 'PATCH' ? PATCH_MEDIA : BODY_MEDIA)), [...BODY_MEDIA, ...PATCH_MEDIA, ...NO_MEDIA]), // prettier-ignore
        other: fc.dictionary(fc.constantFrom(...HEADER_NAMES), fc.constantFrom(...HEADER_VALUES), { maxKeys: 1 }),
      }),
    )
    .chain((parts) => fc.record({ parts: fc.constant(parts), body: bodyOf(parts.endpoint, parts.media) }))
    .map(({ parts, body }) => {
      const { endpoint, method, name, namespace, query, accept, media, other } = parts;
      const path = endpoint.template.replaceAll('{name}', name).replaceAll('{namespace}', namespace);
      const search = new URLSearchParams(query).toString();
      const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
      return {
        method,
        path: path + (search === '' ? '' : `?${search}`),
        headers: {
          ...other,
          ...(accept === '' ? {} : { accept }),
          ...(media === '' ? {} : { 'content-type': media }),
        },
        ...(hasBody ? { body } : {}),
      };
    });
}

/** What makes sense, or once in a while something else. */
function mostly(usual: fc.Arbitrary<string>, others: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

function bodyOf({ kind, apiVersion }: Endpoint, media: string): fc.Arbitrary<Buffer | undefined> {
  const seed = seedObject(kind, apiVersion);
  const json = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> =>
    value.map((each) => Buffer.from(JSON.stringify(each) ?? ''));
  const honest = json(fc.constantFrom(...OWN_NAMES).map((name) => named(seed, name)));
  const changed = json(fc.array(change(seed), { minLength: 1, maxLength: 3 }).map((changes) => applied(seed, changes)));
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    json(fc.jsonValue()),
  );
  const unsafe = json(fc.constant(seed)).map((text) =>
    Buffer.from(text.toString().replace('{', '{"__proto__":{"x":1},')),
  );
  return fc.oneof(
    { weight: 3, arbitrary: honest },
    { weight: 6, arbitrary: changed },
    { weight: 1, arbitrary: noise },
    { weight: 1, arbitrary: unsafe },
    { weight: 1, arbitrary: fc.constant(undefined) },
    ...(media.includes('json-patch') ? [{ weight: 8, arbitrary: json(jsonPatch(seed)) }] : []),
    ...(media.includes('yaml') ? [{ weight: 2, arbitrary: yamlNoise }] : []),
    ...(media.includes('protobuf') ? [{ weight: 6, arbitrary: protobufNoise }] : []),
  );
}

const yamlNoise = fc
  .array(
    fc.constantFrom(
      'a: ',
      '- ',
      '? ',
      ': ',
      '&x ',
      '*x ',
      '!!binary ',
      '[',
      ']',
      '{',
      '}',
      '\n',
      '  ',
      '|\n',
      '"',
      '<<: ',
      '---\n',
      'kind: Pod\n',
    ),
    { maxLength: 40 },
  ) // prettier-ignore
  .map((parts) => Buffer.from(parts.join('')));

const protobufNoise = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Buffer.concat([Buffer.from('k8s\0'), Buffer.from(bytes)]));

interface Change {
  readonly path: readonly string[];
  /** `undefined` removes what is there. */
  readonly value: unknown;
}

function change(seed: unknown): fc.Arbitrary<Change> {
  return fc.record({
    path: fc.constantFrom(...pathsOf(seed)),
    value: fc.oneof(fc.constantFrom(undefined, ...NASTY), fc.jsonValue({ maxDepth: 2 })),
  });
}

function jsonPatch(seed: unknown): fc.Arbitrary<unknown> {
  const pointer = fc.oneof(
    fc.constantFrom(...pathsOf(seed)).map((path) => `/${path.join('/')}`),
    fc.constantFrom('', '/', '/-', '/metadata/labels/a~1b', '/__proto__/x', '/spec/containers/-', '/spec/containers/99', '/constructor/prototype/y', 'x'), // prettier-ignore
  );
  return fc.array(
    fc.record({
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'nope'),
      path: pointer,
      from: pointer,
      value: fc.constantFrom(...NASTY),
    }),
    { maxLength: 4 },
  );
}

function pathsOf(value: unknown, prefix: readonly string[] = []): string[][] {
  const here = [[...prefix]];
  if (typeof value !== 'object' || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...prefix, key]))].filter(
    (path) => path.length > 0,
  );
}

function applied(seed: unknown, changes: readonly Change[]): unknown {
  const copy = copyOf(seed);
  for (const { path, value } of changes) {
    let at: unknown = copy;
    for (const step of path.slice(0, -1)) at = isRecord(at) ? at[step] : undefined;
    const last = path.at(-1);
    // A copy: a value put into itself at another time would be no JSON.
    if (isRecord(at) && last !== undefined) at[last] = value === undefined ? undefined : copyOf(value);
  }
  return copy;
}

function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

function named(seed: unknown, name: string): unknown {
  return applied(seed, [{ path: ['metadata', 'name'], value: name }]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
