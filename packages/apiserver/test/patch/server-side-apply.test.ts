import { createSchemaRegistry, type KubeObject, type ManagedFieldsEntry } from '@kubernetes-mesos/api-types';
import fc from 'fast-check';
import { FieldSet } from '../../src/patch/apply/field-set';
import { createServerSideApply } from '../../src/patch/apply/server-side-apply';
import { createUpdateTracker, programOf, type TrackedWrite } from '../../src/patch/apply/update-tracker';

type Json = Record<string, unknown>;

const schemas = createSchemaRegistry();
const applier = createServerSideApply(schemas);
const tracker = createUpdateTracker(schemas);
const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap';
const POD = 'io.k8s.api.core.v1.Pod';
const NOW = Date.UTC(2024, 0, 1);

interface Options {
  readonly force?: boolean;
  readonly schema?: string;
  readonly subresource?: string;
  readonly nowMs?: number;
}

function apply(current: Json | undefined, manager: string, applied: Json, options: Options = {}): Json {
  return applier.apply({
    current,
    applied: { apiVersion: 'v1', ...applied },
    schema: options.schema ?? CONFIG_MAP,
    kind: (options.schema ?? CONFIG_MAP).split('.').pop() ?? '',
    apiVersion: 'v1',
    subresource: options.subresource ?? '',
    manager,
    force: options.force ?? false,
    nowMs: options.nowMs ?? NOW,
  });
}

function update(old: Json, next: Json, manager: string, program = ''): Json {
  const object = structuredClone({
    ...next,
    metadata: { ...(old['metadata'] as Json), ...(next['metadata'] as Json) },
  });
  tracker.track(
    {
      old: old as unknown as KubeObject,
      object: object,
      schema: CONFIG_MAP,
      apiVersion: 'v1',
      subresource: '',
      writer: { fieldManager: manager, program },
    },
    NOW,
  );
  return object;
}

function track(write: Pick<TrackedWrite, 'old' | 'object' | 'schema' | 'writer'>): void {
  tracker.track({ apiVersion: 'v1', subresource: '', ...write }, NOW);
}

const data = (entries: Json): Json => ({ metadata: { name: 'a' }, data: entries });
const entriesOf = (object: Json): ManagedFieldsEntry[] =>
  ((object['metadata'] as Json)['managedFields'] as ManagedFieldsEntry[] | undefined) ?? [];
const fieldsOf = (object: Json, manager: string): unknown =>
  entriesOf(object).find((entry) => entry.manager === manager)?.fieldsV1;

describe('ownership', () => {
  test('creates with what the manager owns', () => {
    const created = apply(undefined, 'tester', data({ a: '1', b: '2' }));
    expect(created['data']).toEqual({ a: '1', b: '2' });
    expect(entriesOf(created)).toEqual([
      {
        manager: 'tester',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2024-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } },
      },
    ]);
  });

  test('the same again changes nothing, not even the time', () => {
    const created = apply(undefined, 'tester', data({ a: '1' }));
    expect(apply(created, 'tester', data({ a: '1' }), { nowMs: NOW + 5000 })).toEqual({ apiVersion: 'v1', ...created });
  });

  test('what is no longer named goes, unless somebody else owns it', () => {
    const created = apply(undefined, 'tester', data({ a: '1', b: '2', c: '3' }));
    const shared = apply(created, 'second', data({ b: '2' }));
    expect(apply(shared, 'tester', data({ a: '1' }))['data']).toEqual({ a: '1', b: '2' });
    const bare = { metadata: { name: 'a' } };
    const last = apply(apply(shared, 'tester', bare), 'second', bare);
    expect(last).not.toHaveProperty('data.b');
    expect(entriesOf(last)).toEqual([]);
  });

  test("another's value is a conflict, its own value is shared, force takes it over", () => {
    const created = apply(undefined, 'tester', data({ a: '1' }));
    expect(() => apply(created, 'second', data({ a: 'x' }))).toThrow(
      expect.objectContaining({
        code: 409,
        message: 'Apply failed with 1 conflict: conflict with "tester": .data.a',
        status: expect.objectContaining({
          details: {
            causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "tester"', field: '.data.a' }],
          },
        }),
      }) as Error,
    );
    expect(fieldsOf(apply(created, 'second', data({ a: '1' })), 'second')).toEqual({ 'f:data': { 'f:a': {} } });
    const forced = apply(created, 'second', data({ a: 'x' }), { force: true });
    expect(forced['data']).toEqual({ a: 'x' });
    expect(entriesOf(forced).map(({ manager }) => manager)).toEqual(['second']);
  });

  test('other writes take places over; their conflicts name the version', () => {
    const created = apply(undefined, 'tester', data({ a: '1' }));
    const written = update(created, { ...created, data: { a: 'third', d: '1', e: '1' } }, 'third');
    expect(fieldsOf(written, 'third')).toEqual({ 'f:data': { 'f:a': {}, 'f:d': {}, 'f:e': {} } });
    expect(() => apply(written, 'tester', data({ a: 'x', d: '2', e: '2' }))).toThrow(
      'Apply failed with 3 conflicts: conflicts with "third" using v1:\n- .data.a\n- .data.d\n- .data.e',
    );
    const removed = update(written, { ...written, data: { a: 'third' } }, 'fourth');
    expect(fieldsOf(removed, 'third')).toEqual({ 'f:data': { 'f:a': {} } });
    expect(fieldsOf(removed, 'fourth')).toBeUndefined();
  });

  test('writes are tracked from the first on that names its manager, or applies', () => {
    const plain = data({ a: '1' });
    expect(update(plain, data({ a: '2' }), '', 'curl')).toEqual(data({ a: '2' }));
    const applied = apply(plain, 'tester', data({ b: '1' }));
    expect(entriesOf(applied).map(({ manager }) => manager)).toEqual(['tester', 'unknown']);
    expect(() => apply(plain, 'tester', data({ a: '2' }))).toThrow('conflict with "unknown" using v1: .data.a');
    const named = update(plain, data({ a: '1', b: '1' }), 'editor');
    expect(fieldsOf(named, 'unknown')).toEqual({ 'f:data': { 'f:a': {} } });
    expect(fieldsOf(named, 'editor')).toEqual({ 'f:data': { 'f:b': {} } });
    expect(fieldsOf(update(named, data({ a: '1', b: '2' }), '', 'curl'), 'curl')).toEqual({ 'f:data': { 'f:b': {} } });
    expect(update(plain, data({ a: '1' }), 'editor')).toEqual(plain);
  });

  test('a creation owns what it says, containers of things that were not there included', () => {
    const labelled = { metadata: { name: 'a', labels: { l: '1' } }, data: { a: '1' } } as KubeObject & Json;
    track({ old: undefined, object: labelled, schema: CONFIG_MAP, writer: { fieldManager: 'kubectl-create' } });
    expect(entriesOf(labelled)).toEqual([
      {
        manager: 'kubectl-create',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2024-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:l': {} } }, 'f:data': { '.': {}, 'f:a': {} } },
      },
    ]);
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', env: [{ name: 'E' }] }] } };
    track({ old: undefined, object: pod, schema: POD, writer: { fieldManager: 'kubectl-create' } });
    expect(fieldsOf(pod, 'kubectl-create')).toEqual({
      'f:spec': {
        'f:containers': {
          'k:{"name":"c"}': {
            '.': {},
            'f:name': {},
            'f:resources': {},
            'f:env': { '.': {}, 'k:{"name":"E"}': { '.': {}, 'f:name': {} } },
          },
        },
      },
    });
  });

  test('the time is that of the last write of the manager itself', () => {
    const created = apply(undefined, 'tester', data({ a: '1', b: '1' }));
    const later = { nowMs: NOW + 60_000 };
    const forced = apply(created, 'other', data({ a: '2' }), { ...later, force: true });
    expect(entriesOf(forced).map(({ manager, time }) => [manager, time])).toEqual([
      ['tester', '2024-01-01T00:00:00Z'],
      ['other', '2024-01-01T00:01:00Z'],
    ]);
    const changed = apply(created, 'tester', data({ a: '2', b: '1' }), later);
    expect(entriesOf(changed)[0]?.time).toBe('2024-01-01T00:01:00Z');
  });

  test('of many writers the oldest become one', () => {
    let object: Json = data({ a: '0' });
    for (let at = 0; at < 30; at++) {
      const next = data({ ...(object['data'] as Json), [`k${at}`]: '1' });
      object = update(object, next, `writer-${String(at).padStart(2, '0')}`);
    }
    const names = entriesOf(object).map(({ manager }) => manager);
    expect(names).toHaveLength(10);
    expect(names).toContain('ancient-changes');
    expect(names).toContain('writer-29');
    const owned = entriesOf(object).flatMap(({ fieldsV1 }) => Object.keys((fieldsV1?.['f:data'] ?? {}) as Json));
    expect(owned.sort()).toEqual(['f:a', ...Array.from({ length: 30 }, (_, at) => `f:k${at}`)].sort());
  });

  test('managed fields that make no sense are as none', () => {
    const bad = [{ manager: 'x', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'k:{bad': {} } }];
    const created = apply(undefined, 'tester', data({ a: '1' }));
    const metadata = { name: 'a', managedFields: bad };
    expect(fieldsOf(update(created, { ...created, metadata, data: { a: '2' } }, 'x'), 'x')).toEqual({
      'f:data': { 'f:a': {} },
    });
    expect(fieldsOf(apply({ ...created, metadata }, 'tester', data({ a: '1' })), 'tester')).toBeDefined();
  });

  test('kubectl continues its client-side apply, but for what others have changed since', () => {
    const configuration = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1', b: '1' } };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(configuration) };
    const live = { ...configuration, metadata: { name: 'a', annotations } };
    const continued = apply(live, 'kubectl', data({ a: '2', b: '1' }));
    expect(continued['data']).toEqual({ a: '2', b: '1' });
    expect(continued).toHaveProperty(
      ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'],
      '{"apiVersion":"v1","data":{"a":"2","b":"1"},"metadata":{"name":"a"}}\n',
    );
    expect(() => apply(live, 'other', data({ a: '2' }))).toThrow('conflict with "unknown"');
    const edited = { ...live, data: { a: 'edited', b: '1' } };
    expect(() => apply(edited, 'kubectl', data({ a: '2', b: '2' }))).toThrow(
      'Apply failed with 1 conflict: conflict with "unknown" using v1: .data.a',
    );
    const broken = {
      ...live,
      metadata: { name: 'a', annotations: { ...annotations, [Object.keys(annotations)[0]!]: '{' } },
    };
    expect(() => apply(broken, 'kubectl', data({ a: '2' }))).toThrow('conflict with "unknown"');
  });

  test('managed fields can be edited and reset by an update', () => {
    const created = apply(undefined, 'tester', data({ a: '1' }));
    const reset = update(created, { ...created, metadata: { name: 'a', managedFields: [{}] } }, 'x');
    expect(reset).not.toHaveProperty('metadata.managedFields');
    const kept = update(created, { ...created, metadata: { name: 'a', managedFields: undefined } }, 'x');
    expect(entriesOf(kept)).toEqual(entriesOf(created));
  });
});

test('conflicts are told as upstream orders them: near ones first, ports as numbers', () => {
  const ports = [
    { containerPort: 443, protocol: 'TCP', name: 'a' },
    { containerPort: 80, protocol: 'TCP', name: 'b' },
  ];
  const pod = (name: string, more: Json): Json => ({
    metadata: { name: 'p' },
    spec: { hostname: name, containers: [{ name: 'c', image: name, ports: ports.map((p) => ({ ...p, ...more })) }] },
  });
  const created = apply(undefined, 'tester', pod('x', {}), { schema: POD });
  expect(() => apply(created, 'other', pod('y', { name: 'z' }), { schema: POD })).toThrow(
    'Apply failed with 4 conflicts: conflicts with "tester":\n- .spec.hostname\n' +
      '- .spec.containers[name="c"].image\n' +
      '- .spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].name\n' +
      '- .spec.containers[name="c"].ports[containerPort=443,protocol="TCP"].name',
  );
  const status = apply(
    undefined,
    'st',
    { metadata: { name: 'p' }, status: { phase: 'Running' } },
    {
      schema: POD,
      subresource: 'status',
    },
  );
  expect(() =>
    apply(
      status,
      'other',
      { metadata: { name: 'p' }, status: { phase: 'Failed' } },
      { schema: POD, subresource: 'status' },
    ),
  ).toThrow('conflict with "st" with subresource "status": .status.phase');
});

describe('lists', () => {
  const pod = (...containers: Json[]): Json => ({ kind: 'Pod', metadata: { name: 'p' }, spec: { containers } });
  const options = { schema: POD };

  test('elements merge and are owned by their keys', () => {
    const ports = [{ containerPort: 80 }];
    const created = apply(undefined, 'tester', pod({ name: 'web', image: 'a', ports }), options);
    expect(fieldsOf(created, 'tester')).toEqual({
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          },
        },
      },
    });
    const second = apply(created, 'second', pod({ name: 'side', image: 's' }), options);
    expect(second['spec']).toEqual({
      containers: [
        { name: 'web', image: 'a', ports },
        { name: 'side', image: 's' },
      ],
    });
    expect(() => apply(second, 'second', pod({ name: 'web', image: 'b' }), options)).toThrow(
      'conflict with "tester": .spec.containers[name="web"].image',
    );
    const dropped = apply(second, 'second', pod(), options);
    expect(dropped['spec']).toEqual({ containers: [{ name: 'web', image: 'a', ports }] });
  });

  test('an element that another only touches is kept with what it owns', () => {
    const created = apply(undefined, 'tester', pod({ name: 'web', image: 'a', workingDir: '/w' }), options);
    const shared = apply(created, 'second', pod({ name: 'web', image: 'a' }), options);
    expect(apply(shared, 'tester', pod(), options)['spec']).toEqual({ containers: [{ name: 'web', image: 'a' }] });
  });

  test('atomic parts are owned as a whole', () => {
    const selecting = (value: Json): Json => ({
      metadata: { name: 'p' },
      spec: { nodeSelector: value, tolerations: [{ key: 'a' }] },
    });
    const created = apply(undefined, 'tester', selecting({ a: '1' }), options);
    expect(fieldsOf(created, 'tester')).toEqual({ 'f:spec': { 'f:nodeSelector': {}, 'f:tolerations': {} } });
    expect(() =>
      apply(created, 'second', { metadata: { name: 'p' }, spec: { nodeSelector: { b: '1' } } }, options),
    ).toThrow('.spec.nodeSelector');
  });

  test.each([
    [{ bogus: 1 }, CONFIG_MAP, '.bogus: field not declared in schema'],
    [{ data: 'x' }, CONFIG_MAP, '.data: expected map, got "x"'],
    [pod({ name: 'a' }, { name: 'a' }), POD, '.spec.containers: duplicate entries for key [name="a"]'],
    [pod({ image: 'a' }), POD, 'omits key field "name"'],
    [
      { data: { a: 1 }, bogus: {} },
      CONFIG_MAP,
      'errors:\n  .data.a: expected string, got 1\n  .bogus: field not declared in schema',
    ],
  ])('refused: %j', (body, schema, message) => {
    expect(() => apply(undefined, 'tester', { metadata: { name: 'a' }, ...body }, { schema })).toThrow(
      expect.objectContaining({ code: 500, message: expect.stringContaining(message) as string }) as Error,
    );
  });

  test('the wrong version and given managed fields are refused', () => {
    expect(() => apply(undefined, 't', { apiVersion: 'v2' })).toThrow(
      'Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
    );
    expect(() => apply(undefined, 't', { kind: 'Secret' })).toThrow('invalid object type: /v1, Kind=Secret');
    expect(() => apply(undefined, 't', { metadata: { managedFields: [] } })).toThrow(
      'metadata.managedFields must be nil',
    );
  });

  test('status is owned by writes of the status alone', () => {
    const both = { metadata: { name: 'p', labels: { a: '1' } }, status: { phase: 'Running' } };
    expect(fieldsOf(apply(undefined, 't', both, options), 't')).toEqual({
      'f:metadata': { 'f:labels': { 'f:a': {} } },
    });
    const status = apply(undefined, 't', both, { ...options, subresource: 'status' });
    expect(entriesOf(status)).toMatchObject([{ subresource: 'status', fieldsV1: { 'f:status': { 'f:phase': {} } } }]);
  });
});

describe('field sets', () => {
  const paths = fc.array(fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}'), { minLength: 1, maxLength: 3 }), {
    maxLength: 8,
  });
  const build = (all: string[][]): FieldSet => {
    const set = new FieldSet();
    for (const path of all) {
      let at = set;
      path.forEach((step, index) => {
        if (index === path.length - 1) at.insert(step);
        else at = at.child(step);
      });
    }
    return set;
  };
  const texts = (set: FieldSet): Set<string> => new Set([...set.paths()].map((path) => path.join('/')));

  test('behave as sets of paths, and survive fieldsV1', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const a = build(left);
        const b = build(right);
        const inA = texts(a);
        const inB = texts(b);
        expect(texts(a.union(b))).toEqual(new Set([...inA, ...inB]));
        expect(texts(a.intersection(b))).toEqual(new Set([...inA].filter((path) => inB.has(path))));
        expect(texts(a.difference(b))).toEqual(new Set([...inA].filter((path) => !inB.has(path))));
        expect(texts(FieldSet.fromFields(a.toFields()))).toEqual(inA);
        expect(a.isEmpty).toBe(inA.size === 0);
      }),
    );
  });
});

test('whoever applies last and unforced never changes what others own', () => {
  const config = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
  const step = fc.record({ manager: fc.constantFrom('x', 'y', 'z'), config, force: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let object: Json | undefined;
      const wanted = new Map<string, Record<string, string>>();
      for (const { manager, config: entries, force } of steps) {
        let next: Json;
        try {
          next = apply(object, manager, data(entries), { force });
        } catch {
          expect(force).toBe(false);
          continue;
        }
        const held = (next['data'] as Record<string, string> | undefined) ?? {};
        // What was applied is there; what others still own is as they last saw it.
        expect(held).toMatchObject(entries);
        wanted.set(manager, entries);
        for (const entry of entriesOf(next)) {
          const fields = (entry.fieldsV1?.['f:data'] ?? {}) as Json;
          for (const field of Object.keys(fields)) {
            const name = field.slice(2);
            expect(held[name]).toBe(wanted.get(entry.manager ?? '')?.[name]);
          }
        }
        // Nothing is left that nobody owns.
        const owned = new Set(
          entriesOf(next).flatMap((entry) => Object.keys((entry.fieldsV1?.['f:data'] ?? {}) as Json)),
        );
        expect(new Set(Object.keys(held).map((name) => `f:${name}`))).toEqual(owned);
        object = next;
      }
    }),
    { numRuns: 300 },
  );
});

test('the manager of a write that names none is the program', () => {
  expect(programOf('kubectl/v1.35.0 (linux/amd64)')).toBe('kubectl');
  expect(programOf(undefined)).toBe('');
});
