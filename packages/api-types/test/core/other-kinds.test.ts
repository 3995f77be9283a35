import { CORE_V1_RESOURCES, validateBinding, type Service } from '../../src';
import { Definition, type Change } from './definitions';

const meta = { name: 'x', namespace: 'default' };

describe('services', () => {
  const services = new Definition('services');
  const service = (spec: object): object => ({ metadata: meta, spec: { ports: [{ port: 80 }], ...spec } });
  const stored = services.create(service({ clusterIP: '10.0.0.1' }));

  test('get what is left out', () => {
    expect((stored as Service).spec).toEqual({
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      type: 'ClusterIP',
      sessionAffinity: 'None',
    });
  });

  test('keep their address', () => {
    expect(services.update(stored, ({ spec }: Change) => (spec.clusterIP = '10.0.0.2')).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: []string{"10.0.0.2"}: may not change once set',
    ]);
    expect(services.update(stored, ({ spec }: Change) => delete spec.clusterIP).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset',
    ]);
    const { object, errors } = services.update(stored, ({ spec }: Change) => delete spec.clusterIPs);
    expect(errors).toEqual([]);
    expect((object as Service).spec?.clusterIPs).toEqual(['10.0.0.1']);
  });

  test('lose what their new type has not', () => {
    const open = services.create(
      service({ type: 'NodePort', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30_000 }] }),
    );
    const closed = services.update(open, ({ spec }: Change) => {
      spec.type = 'ClusterIP';
      delete spec.externalTrafficPolicy;
    });
    expect(closed.errors).toEqual([]);
    expect((closed.object as Service).spec?.ports?.[0]?.nodePort).toBeUndefined();
    const named = services.update(stored, ({ spec }: Change) =>
      Object.assign(spec, { type: 'ExternalName', externalName: 'a.b' }),
    );
    expect(named.errors).toEqual([]);
    expect((named.object as Service).spec?.clusterIP).toBeUndefined();
  });

  test('need a resourceVersion in updates', () => {
    expect(services.definition.strategy.allowUnconditionalUpdate).toBe(false);
  });
});

describe('replication controllers', () => {
  const controllers = new Definition('replicationcontrollers');
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };

  test('count changes of their spec', () => {
    const stored = controllers.create({ metadata: meta, spec: { template } });
    expect(stored).toMatchObject({
      metadata: { labels: { a: 'b' }, generation: 1 },
      spec: { replicas: 1, selector: { a: 'b' } },
      status: { replicas: 0 },
    });
    const labelled = controllers.update(stored, ({ metadata }: Change) => (metadata.labels = { c: 'd' }));
    expect(labelled.object.metadata.generation).toBe(1);
    expect(controllers.update(stored, ({ spec }: Change) => (spec.replicas = 2)).object.metadata.generation).toBe(2);
  });

  test('must select what they make, and restart it', () => {
    expect(
      controllers.createErrors({
        metadata: meta,
        spec: { selector: { x: 'y' }, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
      }),
    ).toEqual([
      'spec.template.metadata.labels: Invalid value: map[string]string{"a":"b"}: `selector` does not match template `labels`',
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ]);
  });
});

describe('secrets and config maps', () => {
  const secrets = new Definition('secrets');
  const maps = new Definition('configmaps');

  test('stringData becomes data', () => {
    const stored = secrets.create({ metadata: meta, data: { a: 'eA==' }, stringData: { a: 'y', b: 'z' } });
    expect(stored).toMatchObject({ type: 'Opaque', data: { a: 'eQ==', b: 'eg==' } });
    expect(stored).not.toHaveProperty('stringData');
  });

  test('what is immutable stays', () => {
    const secret = secrets.create({ metadata: meta, immutable: true, data: { a: 'eA==' } });
    expect(secrets.update(secret, (changed: Change) => (changed.data = {})).errors).toEqual([
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
    const map = maps.create({ metadata: meta, immutable: true });
    expect(maps.update(map, (changed: Change) => (changed.immutable = false)).errors).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
    ]);
  });

  test('sizes are limited', () => {
    expect(maps.createErrors({ metadata: meta, data: { a: 'x'.repeat(1024 * 1024 + 1) } })).toEqual([
      '[]: Too long: must have at most 1048576 bytes',
    ]);
  });
});

describe('namespaces, nodes, events', () => {
  test('a namespace is held by a finalizer', () => {
    expect(new Definition('namespaces').create({ metadata: { name: 'n' } })).toMatchObject({
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  test('a node may be cordoned, not renumbered', () => {
    const nodes = new Definition('nodes');
    const stored = nodes.create({ metadata: { name: 'n' }, spec: { podCIDR: '10.0.0.0/24', providerID: 'p' } });
    expect(nodes.update(stored, ({ spec }: Change) => (spec.unschedulable = true)).errors).toEqual([]);
    const errors = nodes.update(stored, ({ spec }: Change) =>
      Object.assign(spec, { podCIDR: '10.0.1.0/24', podCIDRs: [] }),
    ).errors;
    expect(errors).toContain('spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid');
  });

  test('an event belongs into the namespace of its object', () => {
    const events = new Definition('events');
    const event = { metadata: meta, involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' } };
    expect(events.createErrors(event)).toEqual([
      'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    ]);
    expect(events.createErrors({ ...event, involvedObject: { namespace: 'default' } })).toEqual([]);
    expect(events.definition.ttlSeconds).toBe(3600);
  });
});

describe('limits and quotas', () => {
  test('bounds must fit each other', () => {
    const ranges = new Definition('limitranges');
    const limits = [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' }, default: { cpu: '3' } }];
    expect(ranges.createErrors({ metadata: meta, spec: { limits } })).toEqual([
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "3": default request value 3 is greater than max value 1',
      'spec.limits[0].default[cpu]: Invalid value: "1": default value 3 is greater than max value 1',
    ]);
  });
});

describe('volumes and claims', () => {
  test('a volume has one source', () => {
    const volumes = new Definition('persistentvolumes');
    const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], nfs: { server: 's', path: '/p' } };
    expect(volumes.createErrors({ metadata: { name: 'v' }, spec })).toEqual([]);
    const stored = volumes.create({ metadata: { name: 'v' }, spec });
    expect(volumes.update(stored, (changed: Change) => (changed.spec.nfs.server = 't')).errors).toEqual([
      expect.stringMatching(/^spec\.persistentvolumesource: Forbidden: /),
    ]);
  });

  test('a claim may grow when it is bound', () => {
    const claims = new Definition('persistentvolumeclaims');
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const stored = { ...claims.create({ metadata: meta, spec }), status: { phase: 'Bound' } };
    const grow = (changed: Change): unknown => (changed.spec.resources.requests.storage = '2Gi');
    expect(claims.update(stored, grow).errors).toEqual([]);
    const shrink = (changed: Change): unknown => (changed.spec.resources.requests.storage = '1Mi');
    expect(claims.update(stored, shrink).errors).toEqual([
      'spec.resources.requests.storage: Forbidden: field can not be less than previous value',
    ]);
  });
});

test('a binding names a node', () => {
  expect(validateBinding({ metadata: {}, target: { kind: 'Pod' } }).map(({ field }) => field)).toEqual([
    'target.kind',
    'target.name',
  ]);
});

test('every kind defaults the same a second time, and prints itself', () => {
  for (const { names } of CORE_V1_RESOURCES) {
    const kind = new Definition(names.plural);
    const once = kind.read({ metadata: { name: 'x' }, involvedObject: {}, target: { name: 'n' } });
    expect(kind.read(JSON.parse(kind.encode(once)))).toEqual(kind.read(JSON.parse(kind.encode(kind.read(once)))));
    expect(kind.cells(once)).toHaveLength(kind.definition.table.columns.length);
  }
});
