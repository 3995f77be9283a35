import { createSchemaRegistry } from '@kubernetes-mesos/api-types';
import fc from 'fast-check';
import { createStrategicMerge } from '../../src/patch/strategic-merge-patch';

const merge = createStrategicMerge(createSchemaRegistry());
const RC = 'io.k8s.api.core.v1.ReplicationController';
type Json = Record<string, unknown>;

const containers = (...list: Json[]): Json => ({ spec: { template: { spec: { containers: list } } } });
const containersOf = (object: Json): unknown =>
  (object as { spec: { template: { spec: { containers: unknown } } } }).spec.template.spec.containers;
const web = {
  name: 'web',
  image: 'nginx:1',
  env: [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ],
};
const side = { name: 'side', image: 'busybox' };

function patched(patch: Json, current: Json = containers(web, side)): unknown {
  return containersOf(merge(current, patch, RC));
}

describe('lists that merge by key', () => {
  test('an element is merged where it is', () => {
    expect(patched(containers({ name: 'web', image: 'nginx:2' }))).toEqual([{ ...web, image: 'nginx:2' }, side]);
  });

  test('a new element comes first when no order is given, unless one of its list is patched with it', () => {
    expect(patched(containers({ name: 'third' }))).toEqual([{ name: 'third' }, web, side]);
    const env = [
      { name: 'B', value: '3' },
      { name: 'C', value: '4' },
    ];
    expect(patched(containers({ name: 'web', env }))).toEqual([
      { ...web, env: [{ name: 'A', value: '1' }, ...env] },
      side,
    ]);
  });

  test('long lists merge as short ones do, and nobody has to wait for it', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => ({ name: `n${at}`, image: 'i' }));
    const removed = many.map(({ name }) => ({ name, $patch: 'delete' }));
    expect(patched(containers(...many), containers(...many))).toEqual(many);
    expect(patched(containers(...removed), containers(...many, web))).toEqual([web]);
    const finalizers = many.map(({ name }) => `x/${name}`);
    const last = { metadata: { finalizers: [...finalizers, 'last'] } };
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': finalizers } };
    expect(merge(last, patch, RC)).toEqual({ metadata: { finalizers: ['last'] } });
  });

  test('$patch deletes an element or replaces the list', () => {
    expect(patched(containers({ name: 'web', $patch: 'delete' }))).toEqual([side]);
    const env = [{ $patch: 'replace' }, { name: 'Z', value: '9' }];
    expect(patched(containers({ name: 'web', env }))).toEqual([{ ...web, env: [{ name: 'Z', value: '9' }] }, side]);
    expect(patched(containers({ name: 'gone', $patch: 'delete' }))).toEqual([web, side]);
  });

  test('$setElementOrder orders all, what it does not name stays where it can', () => {
    const order = [{ name: 'side' }, { name: 'web' }];
    const patch = {
      spec: { template: { spec: { '$setElementOrder/containers': order, containers: [{ name: 'web', image: 'q' }] } } },
    };
    expect(patched(patch)).toEqual([side, { ...web, image: 'q' }]);
    const only = { spec: { template: { spec: { '$setElementOrder/containers': order } } } };
    expect(patched(only)).toEqual([side, web]);
    const appended = {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'web' }, { name: 'side' }, { name: 'new' }],
            containers: [{ name: 'new', image: 'n' }],
          },
        },
      },
    };
    expect(patched(appended)).toEqual([web, side, { name: 'new', image: 'n' }]);
  });

  test.each([
    [containers({ image: 'x' }), 'map: map[image:x] does not contain declared merge key: name'],
    [
      containers({ name: 'web', $patch: 'explode' }),
      'unknown patch type: explode in map: map[$patch:explode name:web]',
    ],
    [
      {
        spec: {
          template: {
            spec: { '$setElementOrder/containers': [{ name: 'nope' }], containers: [{ name: 'web', image: 'q' }] },
          },
        },
      },
      "The order in patch list:\n[map[image:q name:web]]\n doesn't match $setElementOrder list:\n[map[name:nope]]\n",
    ],
  ])('refused: %j', (patch, message) => {
    expect(() => merge(containers(web, side), patch, RC)).toThrow(
      expect.objectContaining({ message, code: 500 }) as Error,
    );
  });

  test('an object where a list is due', () => {
    const patch = { spec: { template: { spec: { containers: { name: 'x' } } } } };
    expect(() => merge(containers(web), patch, RC)).toThrow(
      expect.objectContaining({
        code: 422,
        message:
          ' "" is invalid: patch: Invalid value: "map[spec:map[template:map[spec:map[containers:map[name:x]]]]]": cannot restore slice from map',
      }) as Error,
    );
  });
});

describe('lists of plain values and other members', () => {
  const meta = (finalizers: unknown, more: Json = {}): Json => ({ metadata: { finalizers, ...more } });

  test('finalizers are a set', () => {
    expect(merge(meta(['x', 'y']), { metadata: { '$deleteFromPrimitiveList/finalizers': ['x'] } }, RC)).toEqual(
      meta(['y']),
    );
    expect(merge(meta(['y']), meta(['z']), RC)).toEqual(meta(['z', 'y']));
    expect(merge(meta(['y', 'z']), { metadata: { '$setElementOrder/finalizers': ['z', 'y'] } }, RC)).toEqual(
      meta(['z', 'y']),
    );
  });

  test('a list without a merge strategy is replaced', () => {
    const tolerations = (key: string): Json => ({ spec: { template: { spec: { tolerations: [{ key }] } } } });
    expect(merge(tolerations('a'), tolerations('b'), RC)).toEqual(tolerations('b'));
  });

  test('$retainKeys drops the rest, $patch replaces a map, null removes', () => {
    const volumes = (...list: Json[]): Json => ({ spec: { template: { spec: { volumes: list } } } });
    const patch = volumes({ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } });
    expect(merge(volumes({ name: 'v', emptyDir: {} }), patch, RC)).toEqual(
      volumes({ name: 'v', hostPath: { path: '/x' } }),
    );
    const labels = (value: Json): Json => ({ metadata: { labels: value } });
    expect(merge(labels({ a: '1', b: '2' }), labels({ $patch: 'replace', c: '3' }), RC)).toEqual(labels({ c: '3' }));
    expect(merge(labels({ a: '1', b: '2' }), labels({ a: null }), RC)).toEqual(labels({ b: '2' }));
    expect(merge(labels({ a: '1' }), { metadata: { labels: null } }, RC)).toEqual({ metadata: {} });
  });

  test('owner references merge by uid', () => {
    const owners = (...list: Json[]): Json => ({ metadata: { ownerReferences: list } });
    expect(merge(owners({ uid: 'a' }, { uid: 'b' }), owners({ uid: 'a', $patch: 'delete' }), RC)).toEqual(
      owners({ uid: 'b' }),
    );
  });

  test('directives in what is new do not get through', () => {
    const patch = containers(
      { name: 'web', $patch: 'delete' },
      { name: 'new', env: [{ name: 'A', $patch: 'delete' }], image: null },
    );
    expect(merge({}, patch, RC)).toEqual(containers({ name: 'new', env: [] }));
  });
});

test('the inputs are not changed, an empty patch changes nothing, and applying twice is applying once', () => {
  const element = fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('1', '2') });
  const list = fc.uniqueArray(element, { selector: ({ name }) => name });
  fc.assert(
    fc.property(list, list, (before, change) => {
      const current = containers(...before);
      const patch = containers(...change);
      const frozen = JSON.stringify([current, patch]);
      const once = merge(current, patch, RC);
      expect(JSON.stringify([current, patch])).toBe(frozen);
      expect(merge(current, {}, RC)).toEqual(current);
      expect(merge(once, patch, RC)).toEqual(once);
      const names = (containersOf(once) as { name: string }[]).map(({ name }) => name);
      expect(new Set(names)).toEqual(new Set([...before, ...change].map(({ name }) => name)));
    }),
  );
});
