import { LEGACY_VALIDATION, type KubeObject } from '../../src';
import { LEGACY_VERSIONS } from '../../src/versions';

/** What v1beta3 took up until release 1.0 is read as well; it is written as in release 0.14. */
const { v1beta3 } = LEGACY_VERSIONS;

function read(kind: string, body: Record<string, unknown>): KubeObject {
  const conversion = v1beta3.kind(kind);
  if (conversion === undefined) throw new Error(`no ${kind}`);
  return conversion.toInternal({ kind, apiVersion: 'v1beta3', ...body });
}

function problems(object: KubeObject): string[] {
  const found = LEGACY_VALIDATION.get('Service')?.create(object, { allowPrivileged: false }) ?? [];
  return found.map(({ field, reason }) => `${field} ${reason}`);
}

const metadata = { name: 'web', namespace: 'default' };

describe('a service with a list of ports', () => {
  test('has them all, with their defaults', () => {
    const service = read('Service', {
      metadata,
      spec: {
        ports: [
          { name: 'a', port: 80, targetPort: 'http' },
          { name: 'b', port: 81, protocol: 'UDP' },
        ],
      },
    });
    expect(service).toMatchObject({
      spec: {
        ports: [
          { name: 'a', protocol: 'TCP', port: 80, targetPort: 'http' },
          { name: 'b', protocol: 'UDP', port: 81, targetPort: 81 },
        ],
      },
    });
    expect(problems(service)).toEqual([]);
    expect(v1beta3.kind('Service')?.fromInternal(service)).toMatchObject({
      spec: { port: 80, protocol: 'TCP', targetPort: 'http' },
    });
    expect(v1beta3.kind('Service')?.fromInternal(service)).not.toHaveProperty('spec.ports');
  });

  test('is taken by its single port where it gives both', () => {
    const service = read('Service', { metadata, spec: { port: 8080, ports: [{ port: 80 }] } });
    expect(service).toMatchObject({ spec: { ports: [{ port: 8080, targetPort: 8080 }] } });
  });

  test('names them when there are several, and checks each', () => {
    const ports = [{ port: 80 }, { name: 'b', port: 0 }, { name: 'b', port: 82, protocol: 'ICMP' }];
    expect(problems(read('Service', { metadata, spec: { ports } }))).toEqual([
      'spec.ports[0].name FieldValueRequired',
      'spec.ports[1].port FieldValueInvalid',
      'spec.ports[2].name FieldValueDuplicate',
      'spec.ports[2].protocol FieldValueNotSupported',
    ]);
  });

  test('without any port is refused as before', () => {
    expect(problems(read('Service', { metadata, spec: { ports: [] } }))).toEqual(['spec.port FieldValueInvalid']);
  });
});

test('a condition of a node is read with the name that its time has later', () => {
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2015-03-04T05:06:07Z' }];
  const node = read('Node', { metadata: { name: 'n' }, status: { conditions } });
  expect(node).toMatchObject({ status: { conditions: [{ lastHeartbeatTime: '2015-03-04T05:06:07Z' }] } });
  expect(v1beta3.kind('Node')?.fromInternal(node)).toMatchObject({
    status: { conditions: [{ lastProbeTime: '2015-03-04T05:06:07Z' }] },
  });
});

describe('a pod with fields of later releases', () => {
  const pod = (container: object, more: object = {}) =>
    read('Pod', { metadata, spec: { containers: [{ name: 'a', image: 'i', ...container }], ...more } });

  test('has arguments and an account', () => {
    const object = pod({ command: ['c'], args: ['x', 'y'] }, { serviceAccount: 'robot' });
    expect(object).toMatchObject({
      spec: { serviceAccountName: 'robot', containers: [{ command: ['c'], args: ['x', 'y'] }] },
    });
    expect(JSON.stringify(v1beta3.kind('Pod')?.fromInternal(object))).not.toMatch(/args|serviceAccount/);
  });

  test('has a security context; what the container says itself counts', () => {
    const securityContext = { privileged: true, runAsUser: 7, capabilities: { add: ['A'] } };
    expect(pod({ securityContext })).toMatchObject({ spec: { containers: [{ securityContext }] } });
    expect(pod({ securityContext, capabilities: { drop: ['B'] } })).toMatchObject({
      spec: { containers: [{ securityContext: { privileged: true, runAsUser: 7, capabilities: { drop: ['B'] } } }] },
    });
    expect(pod({})).not.toHaveProperty('spec.containers[0].securityContext');
  });

  test('may not be privileged by either way', () => {
    const refused = LEGACY_VALIDATION.get('Pod')?.create(pod({ securityContext: { privileged: true } }), {
      allowPrivileged: false,
    });
    expect(refused?.map(({ field }) => field)).toEqual(['spec.containers[0].privileged']);
  });
});
