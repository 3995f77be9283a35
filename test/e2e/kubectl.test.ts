import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KM_BUNDLE, kubectlPath, LocalCluster, type CommandResult } from '../support/local-cluster';

/** What a user types, with the kubectls of two ages, against a cluster started by `kube-up.sh`. */

const VERSIONS = (['1.20', '1.35'] as const).filter((version) => kubectlPath(version) !== undefined);
jest.setTimeout(120_000);

const runnable = existsSync(KM_BUNDLE) && VERSIONS.length > 0;
if (!runnable) process.stderr.write('skipped: kubectl end to end needs `make` and a fetched kubectl\n');

const MANIFESTS: Readonly<Record<string, string>> = {
  configmaps: `{apiVersion: v1, kind: ConfigMap, metadata: {name: thing}, data: {key: value}}`,
  secrets: `{apiVersion: v1, kind: Secret, metadata: {name: thing}, stringData: {password: hidden}}`,
  services: `{apiVersion: v1, kind: Service, metadata: {name: thing}, spec: {selector: {app: thing}, ports: [{port: 80}]}}`,
  endpoints: `{apiVersion: v1, kind: Endpoints, metadata: {name: thing-by-hand}, subsets: [{addresses: [{ip: 10.1.1.1}], ports: [{port: 80}]}]}`,
  serviceaccounts: `{apiVersion: v1, kind: ServiceAccount, metadata: {name: thing}}`,
  podtemplates: `{apiVersion: v1, kind: PodTemplate, metadata: {name: thing}, template: {metadata: {labels: {app: t}}, spec: {containers: [{name: c, image: nginx}]}}}`,
  limitranges: `{apiVersion: v1, kind: LimitRange, metadata: {name: thing}, spec: {limits: [{type: Container, max: {cpu: 250m}}]}}`,
  resourcequotas: `{apiVersion: v1, kind: ResourceQuota, metadata: {name: thing}, spec: {hard: {pods: "10"}}}`,
  persistentvolumeclaims: `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: thing}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
  replicationcontrollers: `{apiVersion: v1, kind: ReplicationController, metadata: {name: thing}, spec: {replicas: 1, selector: {app: rc}, template: {metadata: {labels: {app: rc}}, spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}}}}`,
  pods: `{apiVersion: v1, kind: Pod, metadata: {name: thing, labels: {app: thing}}, spec: {containers: [{name: c, image: busybox, command: [sh, -c, "echo hello from $HOSTNAME; exec sleep 3600"]}]}}`,
};

(runnable ? describe : describe.skip)('kubectl', () => {
  const cluster = new LocalCluster();
  const folder = mkdtempSync(join(tmpdir(), 'km-kubectl-'));

  beforeAll(async () => {
    await cluster.up();
  }, 180_000);
  afterAll(async () => {
    await cluster.down();
    rmSync(folder, { recursive: true, force: true });
  }, 90_000);

  describe.each(runnable ? VERSIONS : (['none'] as never[]))('%s', (version) => {
    const namespace = `e2e-${version.replace('.', '-')}`;
    const kubectl = async (args: string[], stdin?: string): Promise<CommandResult> =>
      cluster.kubectl(version, args, stdin === undefined ? {} : { stdin });
    const ok = async (args: string[], stdin?: string): Promise<string> => {
      const { exitCode, stdout, stderr } = await kubectl(args, stdin);
      if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: exit code ${exitCode}\n${stdout}${stderr}`);
      return stdout;
    };
    const inNamespace = (args: string[], stdin?: string): Promise<string> => ok(['-n', namespace, ...args], stdin);

    test('finds its way: version, cluster-info, api-versions, api-resources', async () => {
      expect(await ok(['version'])).toMatch(/Server Version/);
      expect(await ok(['cluster-info'])).toContain(cluster.server);
      expect((await ok(['api-versions'])).split('\n')).toContain('v1');
      const resources = await ok(['api-resources']);
      for (const name of Object.keys(MANIFESTS)) expect(resources).toMatch(new RegExp(`^${name} `, 'm'));
    });

    test('the examples run', async () => {
      const table = await ok(['get', 'pods', '-o', 'wide']);
      expect(table).toMatch(/^nginx-id-01 +1\/1 +Running/m);
      expect(table.match(/^nginxcontroller-\w+ +1\/1 +Running/gm)).toHaveLength(2);
      expect(await ok(['get', 'nodes'])).toMatch(/^agent-1 +Ready/m);
      expect(await ok(['get', 'rc'])).toMatch(/^nginxcontroller +2 +2 +2/m);
    });

    test('takes a manifest of 2015 as it is', async () => {
      const manifest = {
        kind: 'Service',
        apiVersion: 'v1beta1',
        id: `old-${version.replace('.', '-')}`,
        port: 8000,
        selector: { name: 'nginx' },
      };
      expect(await ok(['create', '-f', '-'], JSON.stringify(manifest))).toBe(`service/${manifest.id} created\n`);
      expect(await ok(['get', 'service', manifest.id])).toContain('8000/TCP');
      await ok(['delete', 'service', manifest.id]);
    });

    test('creates, shows and describes every kind', async () => {
      await ok(['create', 'namespace', namespace]);
      for (const manifest of Object.values(MANIFESTS)) await inNamespace(['create', '-f', '-'], json(manifest));
      for (const resource of Object.keys(MANIFESTS)) {
        const name = resource === 'endpoints' ? 'thing-by-hand' : 'thing';
        expect(await inNamespace(['get', resource])).toContain(name);
        expect(await inNamespace(['get', resource, '-o', 'wide'])).toContain(name);
        expect(await inNamespace(['get', resource, name, '-o', 'name'])).toContain(name);
        expect(await inNamespace(['get', resource, name, '-o', 'yaml'])).toContain(`name: ${name}`);
        const object: unknown = JSON.parse(await inNamespace(['get', resource, name, '-o', 'json']));
        expect(object).toMatchObject({ metadata: { name, namespace } });
        expect(await inNamespace(['describe', resource, name])).toContain(name);
        expect(await ok(['get', resource, '-A'])).toContain(namespace);
      }
      expect(await inNamespace(['get', 'secret', 'thing', '-o', 'jsonpath={.data.password}'])).toBe('aGlkZGVu');
      expect(await ok(['describe', 'node', 'agent-1'])).toContain('agent-1');
      expect(await ok(['describe', 'namespace', namespace])).toContain(namespace);
    });

    test('waits, reads logs, watches', async () => {
      await inNamespace(['wait', '--for=condition=Ready', 'pod/thing', '--timeout=60s']);
      expect(await inNamespace(['logs', 'thing'])).toMatch(/^hello from /);
      expect(await inNamespace(['get', 'pods', '-l', 'app=thing'])).toContain('thing');
      expect(await inNamespace(['get', 'pods', '-l', 'app=other', '-o', 'name'])).toBe('');
      const watching = kubectl(['-n', namespace, 'get', 'configmaps', '-w', '--request-timeout=5s', '-o', 'name']);
      await inNamespace(['create', '-f', '-'], json(`{apiVersion: v1, kind: ConfigMap, metadata: {name: watched}}`));
      expect((await watching).stdout).toContain('configmap/watched');
    });

    test('changes: label, annotate, patch, edit, apply, scale', async () => {
      await inNamespace(['label', 'configmap', 'thing', 'colour=red']);
      await inNamespace(['annotate', 'configmap', 'thing', 'note=checked']);
      await inNamespace(['patch', 'configmap', 'thing', '-p', '{"data":{"strategic":"1"}}']);
      await inNamespace(['patch', 'configmap', 'thing', '--type=merge', '-p', '{"data":{"merge":"1"}}']);
      await inNamespace([
        'patch',
        'configmap',
        'thing',
        '--type=json',
        '-p',
        '[{"op":"add","path":"/data/json","value":"1"}]',
      ]);
      const editor = join(folder, 'editor.sh');
      writeFileSync(editor, '#!/bin/sh\nsed -i "s/key: value/key: edited/" "$1"\n', { mode: 0o755 });
      const edited = await cluster.kubectl(version, ['-n', namespace, 'edit', 'configmap', 'thing'], {
        env: { KUBE_EDITOR: editor },
      });
      expect(edited).toMatchObject({ exitCode: 0 });
      const object: unknown = JSON.parse(await inNamespace(['get', 'configmap', 'thing', '-o', 'json']));
      expect(object).toMatchObject({
        metadata: { labels: { colour: 'red' }, annotations: { note: 'checked' } },
        data: { key: 'edited', strategic: '1', merge: '1', json: '1' },
      });
      const applied = (value: string) =>
        json(`{apiVersion: v1, kind: ConfigMap, metadata: {name: applied}, data: {key: "${value}"}}`);
      expect(await inNamespace(['apply', '-f', '-'], applied('one'))).toContain('created');
      expect(await inNamespace(['apply', '-f', '-'], applied('two'))).toContain('configured');
      expect(await inNamespace(['apply', '-f', '-'], applied('two'))).toContain('unchanged');
      await inNamespace(['scale', 'rc', 'thing', '--replicas=2']);
      expect(await inNamespace(['get', 'rc', 'thing', '-o', 'jsonpath={.spec.replicas}'])).toBe('2');
    });

    test('explains, and refuses a bad manifest in a clear line', async () => {
      expect(await ok(['explain', 'pods.spec.containers'])).toContain('image');
      const refused = await kubectl(
        ['-n', namespace, 'create', '-f', '-'],
        json(`{apiVersion: v1, kind: Pod, metadata: {name: bad}, spec: {containers: [{name: c}]}}`),
      );
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain('spec.containers[0].image: Required value');
      const unknown = await kubectl(['create', '-f', '-'], json(`{apiVersion: v9, kind: Pod, metadata: {name: bad}}`));
      expect(unknown.stderr).toContain('no matches for kind "Pod" in version "v9"');
    });

    test('deletes, and a namespace goes with what is in it', async () => {
      expect(await inNamespace(['delete', 'pod', 'thing', '--timeout=60s'])).toContain('deleted');
      await inNamespace(['delete', 'rc', 'thing', '--timeout=60s']);
      await ok(['delete', 'namespace', namespace, '--timeout=90s']);
      const gone = await kubectl(['get', 'namespace', namespace]);
      expect(gone.stderr).toContain(`namespaces "${namespace}" not found`);
    }, 180_000);
  });
});

/** Elder kubectls take a body that begins with a brace for JSON. */
function json(manifest: string): string {
  return JSON.stringify(parse(manifest));
}
