/** The older versions show a pod's network container, which `v1` keeps in an annotation. */
import fc from 'fast-check';
import { INFRA_CONTAINER_ANNOTATION, infraContainerAnnotation, infraContainerOf, type KubeObject } from '../../src';
import { LEGACY_VERSIONS } from '../../src/versions';

const infra = {
  image: 'kubernetes/pause:latest',
  imageID: 'docker://6c4579af347b',
  containerID: 'docker://811760e5070f',
  startedAt: '2015-02-25T17:46:07Z',
};

function podWith(annotation: string, containerStatuses: object[] = []): KubeObject {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: 'p',
      namespace: 'default',
      creationTimestamp: null,
      annotations: { [INFRA_CONTAINER_ANNOTATION]: annotation },
    },
    spec: { containers: [] },
    status: { phase: 'Running', podIP: '172.17.0.46', containerStatuses },
  } as KubeObject;
}

type FlatPod = { currentState: { info?: Record<string, unknown> }; annotations: Record<string, string> };

function shown(version: 'v1beta1' | 'v1beta2', pod: KubeObject): FlatPod {
  return JSON.parse(JSON.stringify(LEGACY_VERSIONS[version].kind('Pod')!.fromInternal(pod))) as FlatPod;
}

test.each(['v1beta1', 'v1beta2'] as const)('%s: the entry POD, with the address of the pod', (version) => {
  const container = { name: 'nginx', ready: true, restartCount: 2, image: 'nginx', imageID: '' };
  const pod = podWith(infraContainerAnnotation(infra), [container]);
  const flat = shown(version, pod);
  expect(Object.keys(flat.currentState.info ?? {}).sort()).toEqual(['POD', 'nginx']);
  expect(flat.currentState.info?.['POD']).toEqual({
    state: { running: { startedAt: '2015-02-25T17:46:07Z' } },
    lastState: {},
    ready: false,
    restartCount: 0,
    podIP: '172.17.0.46',
    image: 'kubernetes/pause:latest',
    imageID: 'docker://6c4579af347b',
    containerID: 'docker://811760e5070f',
  });
  expect(flat.currentState.info?.['nginx']).not.toHaveProperty('podIP');
});

test('an ended one is shown as ended', () => {
  const ended = { ...infra, finishedAt: '2015-02-25T18:00:00Z', exitCode: 137 };
  const state = shown('v1beta1', podWith(infraContainerAnnotation(ended))).currentState.info?.['POD'] ?? {};
  expect(state).toMatchObject({
    state: { termination: { exitCode: 137, finishedAt: '2015-02-25T18:00:00Z', containerID: infra.containerID } },
  });
});

test('what is no infra container is left out', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(infraContainerOf({ [INFRA_CONTAINER_ANNOTATION]: text })).toBeUndefined();
    }),
  );
  for (const broken of [
    { ...infra, image: 3 },
    { ...infra, startedAt: 'now' },
    { ...infra, exitCode: 1.5 },
  ]) {
    expect(shown('v1beta1', podWith(JSON.stringify(broken))).currentState.info ?? {}).toEqual({});
  }
});

test('the way there and back keeps it in one place', () => {
  const pod = podWith(infraContainerAnnotation(infra));
  const legacy = shown('v1beta1', pod) as unknown as Record<string, unknown>;
  const back = LEGACY_VERSIONS.v1beta1.kind('Pod')!.toInternal(legacy) as KubeObject & {
    status?: { containerStatuses?: unknown };
  };
  expect(back.metadata.annotations).toEqual(pod.metadata.annotations);
  expect(back.status?.containerStatuses).toBeUndefined();
});
