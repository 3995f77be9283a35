import { coreV1Resources, type KubeObject, type Namespace } from '@kubernetes-mesos/api-types';
import type { ResourceStore } from '@kubernetes-mesos/storage';
import { planDeletion } from '../../src/endpoints/delete';
import { PLAIN_DELETE, type DeleteOptions } from '../../src/endpoints/delete-options';
import { serveResource, type ServedResource } from '../../src/endpoints/served-resource';
import { namespaceBehaviour } from '../../src/registry/namespaces';

const NOW = Date.parse('2026-01-02T03:04:05Z');

function resource(plural: string): ServedResource {
  const definition = coreV1Resources({ allowPrivileged: false }).find(({ names }) => names.plural === plural);
  if (definition === undefined) throw new Error(plural);
  return serveResource(
    definition,
    undefined as unknown as ResourceStore,
    plural === 'namespaces' ? namespaceBehaviour : {},
  );
}

function plan(plural: string, object: KubeObject, options: Partial<DeleteOptions> = {}) {
  return planDeletion(resource(plural), object, { ...PLAIN_DELETE, ...options }, NOW);
}

const configMap: KubeObject = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c', namespace: 'n' } };
const boundPod = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'p', namespace: 'n' },
  spec: { nodeName: 'n1', terminationGracePeriodSeconds: 30, containers: [] },
  status: { phase: 'Running' },
} as KubeObject;

describe('what a DELETE does', () => {
  test('an object that nothing holds is removed', () => {
    expect(plan('configmaps', configMap)).toEqual({ kind: 'remove' });
  });

  test('a finalizer holds it: it is marked, once', () => {
    const held = { ...configMap, metadata: { ...configMap.metadata, finalizers: ['example.com/hold'] } };
    const marked = plan('configmaps', held);
    expect(marked).toMatchObject({
      kind: 'mark',
      removeNow: false,
      object: { metadata: { deletionTimestamp: '2026-01-02T03:04:05Z', deletionGracePeriodSeconds: 0 } },
    });
    if (marked.kind !== 'mark') throw new Error('not marked');
    expect(plan('configmaps', marked.object)).toEqual({ kind: 'keep', object: marked.object });
  });

  test.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ] as const)('%s puts its finalizer on', (propagation, finalizers) => {
    expect(plan('configmaps', configMap, { propagation })).toMatchObject({
      kind: 'mark',
      object: { metadata: { finalizers } },
    });
  });

  test('a replication controller without a policy orphans its pods', () => {
    const rc = { ...configMap, kind: 'ReplicationController' };
    expect(plan('replicationcontrollers', rc)).toMatchObject({ object: { metadata: { finalizers: ['orphan'] } } });
    expect(plan('replicationcontrollers', rc, { propagation: 'Background' })).toEqual({ kind: 'remove' });
  });

  test('a bound pod waits its grace period, which may be shortened but not lengthened', () => {
    const first = plan('pods', boundPod);
    expect(first).toMatchObject({
      kind: 'mark',
      removeNow: false,
      object: { metadata: { deletionGracePeriodSeconds: 30, deletionTimestamp: '2026-01-02T03:04:35Z' } },
    });
    if (first.kind !== 'mark') throw new Error('not marked');
    expect(plan('pods', first.object)).toMatchObject({ kind: 'keep' });
    expect(plan('pods', first.object, { gracePeriodSeconds: 50 })).toMatchObject({ kind: 'keep' });
    expect(plan('pods', first.object, { gracePeriodSeconds: 5 })).toMatchObject({
      object: { metadata: { deletionGracePeriodSeconds: 5, deletionTimestamp: '2026-01-02T03:04:10Z' } },
    });
    expect(plan('pods', first.object, { gracePeriodSeconds: -5 })).toMatchObject({
      object: { metadata: { deletionGracePeriodSeconds: 1, deletionTimestamp: '2026-01-02T03:04:06Z' } },
    });
    expect(plan('pods', first.object, { gracePeriodSeconds: 0 })).toMatchObject({ kind: 'mark', removeNow: true });
  });

  test('a namespace is Terminating until its finalizers are gone', () => {
    const namespace: Namespace = {
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name: 'n' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    };
    const marked = plan('namespaces', namespace);
    expect(marked).toMatchObject({ kind: 'mark', removeNow: false, object: { status: { phase: 'Terminating' } } });
    if (marked.kind !== 'mark') throw new Error('not marked');
    expect(plan('namespaces', marked.object)).toMatchObject({ kind: 'keep' });
    const finalized = { ...marked.object, spec: {} } as KubeObject;
    expect(plan('namespaces', finalized)).toEqual({ kind: 'remove' });
  });
});
