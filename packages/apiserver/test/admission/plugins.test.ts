import { startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { checkPluginNames, PLUGIN_NAMES } from '../../src/admission/plugins';
import { startTestServer, type Answer, type TestServer } from '../support/server';

const POD = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const inDefault = (plural: string): string => `/api/v1/namespaces/default/${plural}`;

describe('admission plug-ins', () => {
  let etcd: EtcdFixture;
  beforeAll(async () => {
    etcd = await startEtcd();
  });
  afterAll(() => etcd.stop());

  /** What a server with these plug-ins answers; what was made is gone afterwards. */
  async function withPlugins(names: readonly string[], check: (server: TestServer) => Promise<void>): Promise<void> {
    const server = await startTestServer({ admissionControl: names, allowPrivileged: true }, 8_192, etcd);
    const plain = await startTestServer({ admissionControl: [], serverCount: 2 }, 8_192, etcd);
    try {
      await check(server);
    } finally {
      for (const plural of ['pods', 'limitranges', 'persistentvolumeclaims', 'serviceaccounts', 'secrets']) {
        await plain.call('DELETE', `${inDefault(plural)}?gracePeriodSeconds=0`);
      }
      await server.stop();
      await plain.stop();
    }
  }
  const outcome = ({ status, body }: Answer): [number, string] => [status, String(body?.message ?? '')];

  test('an unknown name is told with those that there are', () => {
    expect(() => checkPluginNames(['NamespaceLifecycle', 'Nope'])).toThrow(
      /unknown plug-in Nope; there are .*ResourceQuota/,
    );
    expect(() => checkPluginNames([...PLUGIN_NAMES])).not.toThrow();
    // What the releases 0.14 and 1.0 had.
    expect(PLUGIN_NAMES).toEqual(
      expect.arrayContaining(['AlwaysAdmit', 'AlwaysDeny', 'DenyExecOnPrivileged', 'LimitRanger', 'NamespaceAutoProvision', 'NamespaceExists', 'NamespaceLifecycle', 'ResourceDefaults', 'ResourceQuota', 'SecurityContextDeny', 'ServiceAccount']), // prettier-ignore
    );
  });

  test('AlwaysDeny lets nothing change, and everything be read', () =>
    withPlugins(['AlwaysDeny'], async (server) => {
      const text = 'pods "p" is forbidden: admission control is denying all modifications';
      expect(outcome(await server.call('POST', inDefault('pods'), POD))).toEqual([403, text]);
      expect((await server.call('GET', inDefault('pods'))).status).toBe(200);
    }));

  test('NamespaceExists and NamespaceAutoProvision: a missing namespace is refused, or made', async () => {
    const path = '/api/v1/namespaces/fresh/configmaps';
    await withPlugins(['NamespaceExists'], async (server) => {
      expect(outcome(await server.call('POST', path, { metadata: { name: 'a' } }))).toEqual([
        404,
        'namespaces "fresh" not found',
      ]);
    });
    await withPlugins(['NamespaceAutoProvision'], async (server) => {
      const answers = await Promise.all(
        ['a', 'b', 'c'].map((name) => server.call('POST', path, { metadata: { name } })),
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect((await server.call('GET', '/api/v1/namespaces/fresh')).status).toBe(200);
    });
  });

  test('NamespaceLifecycle: nothing new in what ends, and the system keeps its own', () =>
    withPlugins(['NamespaceLifecycle'], async (server) => {
      await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'ending' } });
      await server.call('DELETE', '/api/v1/namespaces/ending');
      expect(outcome(await server.call('POST', '/api/v1/namespaces/ending/pods', POD))).toEqual([
        403,
        'pods "p" is forbidden: unable to create new content in namespace ending because it is being terminated',
      ]);
      expect(outcome(await server.call('DELETE', '/api/v1/namespaces/default'))).toEqual([
        403,
        'namespaces "default" is forbidden: this namespace may not be deleted',
      ]);
    }));

  test('LimitRanger: defaults are noted, bounds hold, for init containers and growing claims too', () =>
    withPlugins(['LimitRanger'], async (server) => {
      const limits = [
        { type: 'Container', default: { cpu: '200m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' }, min: { cpu: '50m' }, maxLimitRequestRatio: { cpu: '4' } }, // prettier-ignore
        { type: 'Pod', max: { cpu: '2' } },
        { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } },
      ];
      expect(
        (await server.call('POST', inDefault('limitranges'), { metadata: { name: 'l' }, spec: { limits } })).status,
      ).toBe(201);
      const made = await server.call('POST', inDefault('pods'), {
        metadata: { name: 'd' },
        spec: {
          containers: POD.spec.containers,
          initContainers: [{ name: 'i', image: 'i', resources: { limits: { cpu: '400m' } } }],
        },
      });
      expect(made.body.metadata.annotations).toEqual({
        'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
      });
      expect(made.body.spec.containers[0].resources).toEqual({ limits: { cpu: '200m' }, requests: { cpu: '100m' } });
      const pod = (limit: string, request: string, more: object = {}): Promise<Answer> =>
        server.call('POST', inDefault('pods'), {
          metadata: { name: 'x' },
          spec: {
            containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: limit }, requests: { cpu: request } } }],
            ...more,
          },
        });
      expect(outcome(await pod('3', '1'))).toEqual([
        403,
        'pods "x" is forbidden: [maximum cpu usage per Container is 1, but limit is 3, maximum cpu usage per Pod is 2, but limit is 3]',
      ]);
      expect(outcome(await pod('40m', '40m'))[1]).toContain(
        'minimum cpu usage per Container is 50m, but request is 40m',
      );
      expect(outcome(await pod('1', '100m'))[1]).toContain(
        'cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000',
      );
      const greedy = {
        initContainers: [{ name: 'i', image: 'i', resources: { limits: { cpu: '2' }, requests: { cpu: '2' } } }],
      };
      expect(outcome(await pod('1', '1', greedy))[1]).toContain('maximum cpu usage per Container is 1, but limit is 2');

      const claims = inDefault('persistentvolumeclaims');
      const claim = (storage: string): object => ({
        metadata: { name: 'c' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
      });
      expect(outcome(await server.call('POST', claims, claim('9Gi')))).toEqual([
        403,
        'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 9Gi',
      ]);
      expect((await server.call('POST', claims, claim('2Gi'))).status).toBe(201);
    }));

  test('ResourceDefaults: containers without limits have some', () =>
    withPlugins(['ResourceDefaults'], async (server) => {
      const { body } = await server.call('POST', '/api/v1beta3/namespaces/default/pods', {
        kind: 'Pod',
        apiVersion: 'v1beta3',
        metadata: { name: 'p' },
        spec: {
          containers: [
            { name: 'a', image: 'i' },
            { name: 'b', image: 'i', resources: { limits: { cpu: '2' } } },
          ],
        },
      });
      const { containers } = body.spec as { containers: { resources: { limits: object } }[] };
      expect(containers.map(({ resources }) => resources.limits)).toEqual([
        { cpu: '1', memory: '512Mi' },
        { cpu: '2', memory: '512Mi' },
      ]);
    }));

  test('SecurityContextDeny: nobody chooses users and labels', () =>
    withPlugins(['SecurityContextDeny'], async (server) => {
      const pod = async (spec: object): Promise<[number, string]> =>
        outcome(
          await server.call('POST', inDefault('pods'), { metadata: { name: 'p' }, spec: { ...POD.spec, ...spec } }),
        );
      const container = { name: 'c', image: 'i', securityContext: { runAsUser: 1 } };
      expect(await pod({ containers: [container] })).toEqual([
        403,
        'pods "p" is forbidden: SecurityContext.RunAsUser is forbidden',
      ]);
      expect(await pod({ securityContext: { fsGroup: 1 } })).toEqual([
        403,
        'pods "p" is forbidden: pod.Spec.SecurityContext.FSGroup is forbidden',
      ]);
      expect((await pod({ initContainers: [{ ...container, name: 'i' }] }))[0]).toBe(403);
      expect(await pod({ securityContext: { runAsNonRoot: true } })).toEqual([201, '']);
    }));

  test('DenyEscalatingExec, and DenyExecOnPrivileged, which minds privileges only', async () => {
    const pods: Record<string, object> = {
      privileged: { containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] },
      pid: { ...POD.spec, hostPID: true },
      ipc: { ...POD.spec, hostIPC: true },
    };
    const asked = async (plugin: string): Promise<Record<string, string>> => {
      const found: Record<string, string> = {};
      await withPlugins([plugin], async (server) => {
        for (const [name, spec] of Object.entries(pods)) {
          expect((await server.call('POST', inDefault('pods'), { metadata: { name }, spec })).status).toBe(201);
          const { body } = await server.call('POST', `${inDefault('pods')}/${name}/exec?command=sh`);
          found[name] = /forbidden: (.*)/.exec(String(body.message))?.[1] ?? '';
        }
      });
      return found;
    };
    const privileged = 'cannot exec into or attach to a privileged container';
    expect(await asked('DenyExecOnPrivileged')).toEqual({ privileged, pid: '', ipc: '' });
    expect(await asked('DenyEscalatingExec')).toEqual({
      privileged,
      pid: 'cannot exec into or attach to a container using host pid',
      ipc: 'cannot exec into or attach to a container using host ipc',
    });
  });

  test('ServiceAccount: the account, its token and its secrets', () =>
    withPlugins(['ServiceAccount'], async (server) => {
      const pod = (name: string, spec: object = {}, annotations: object = {}): Promise<Answer> =>
        server.call('POST', inDefault('pods'), { metadata: { name, annotations }, spec: { ...POD.spec, ...spec } });
      expect(outcome(await pod('early', { serviceAccountName: 'robot' }))).toEqual([
        403,
        'pods "early" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
      ]);
      const secret = { metadata: { name: 'robot-token', annotations: { 'kubernetes.io/service-account.name': 'robot' } }, type: 'kubernetes.io/service-account-token' }; // prettier-ignore
      await server.call('POST', inDefault('secrets'), secret);
      await server.call('POST', inDefault('serviceaccounts'), {
        metadata: { name: 'robot', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
        secrets: [{ name: 'robot-token' }],
        imagePullSecrets: [{ name: 'pull' }],
      });
      const { body } = await pod('p', { serviceAccountName: 'robot' });
      expect(body.spec).toMatchObject({
        serviceAccount: 'robot',
        imagePullSecrets: [{ name: 'pull' }],
        volumes: [{ name: 'robot-token', secret: { secretName: 'robot-token' } }],
        containers: [{ volumeMounts: [{ name: 'robot-token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }], // prettier-ignore
      });
      expect(
        (await pod('q', { serviceAccountName: 'robot', automountServiceAccountToken: false })).body.spec.volumes,
      ).toBeUndefined();
      const volumes = [{ name: 'v', secret: { secretName: 'other' } }];
      expect(outcome(await pod('r', { serviceAccountName: 'robot', volumes }))).toEqual([
        403,
        'pods "r" is forbidden: volume with secret.secretName="other" is not allowed because service account robot does not reference that secret',
      ]);
      const imagePullSecrets = [{ name: 'other' }];
      expect(outcome(await pod('s', { serviceAccountName: 'robot', imagePullSecrets }))[1]).toContain(
        'imagePullSecrets[0].name="other" is not allowed because service account robot does not reference that imagePullSecret',
      );
      const mirror = { 'kubernetes.io/config.mirror': 'x' };
      const nodeName = 'n';
      expect(outcome(await pod('m1', { serviceAccountName: 'robot', nodeName }, mirror))[1]).toContain(
        'a mirror pod may not reference service accounts',
      );
      expect(outcome(await pod('m2', { volumes, nodeName }, mirror))[1]).toContain(
        'a mirror pod may not reference secrets',
      );
    }));
});
