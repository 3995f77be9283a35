import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createTempDir, type TempDir } from '@kubernetes-mesos/test-support';
import { startTestServer, type TestServer } from '../support/server';

const BAD_POD = `
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec:
  bogus: 1
  containers:
  - {image: nginx, imagee: x}
`;
const GOOD_POD = `
apiVersion: v1
kind: Pod
metadata: {name: good}
spec: {containers: [{name: a, image: nginx}]}
`;

/** What the real tools make of the documents; a version whose `KM_TEST_KUBECTL_1_20` names no file is skipped. */
describe.each([
  [
    '1.20',
    'ValidationError(Pod.spec): unknown field "bogus" in io.k8s.api.core.v1.PodSpec',
    'missing required field "name" in io.k8s.api.core.v1.Container',
  ],
  ['1.35', 'unknown field "spec.bogus"', 'unknown field "spec.containers[0].imagee"'],
])('kubectl %s', (version, unknownField, otherProblem) => {
  const program = process.env[`KM_TEST_KUBECTL_${version.replace('.', '_')}`] ?? '';
  const testWithKubectl = existsSync(program) ? test : test.skip;
  let server: TestServer;
  let home: TempDir;
  beforeAll(async () => {
    if (!existsSync(program)) return;
    home = await createTempDir();
    server = await startTestServer();
  }, 60_000);
  afterAll(async () => {
    if (!existsSync(program)) return;
    await server.stop();
    await home.dispose();
  });

  const kubectl = (stdin: string, ...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
      const child = spawn(program, ['--server', server.url, ...args], {
        env: { PATH: process.env['PATH'], HOME: home.path },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
      child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.end(stdin);
    });

  testWithKubectl('explains fields', async () => {
    const containers = await kubectl('', 'explain', 'pods.spec.containers');
    expect(containers.stdout).toContain('List of containers belonging to the pod');
    expect(containers.stdout).toMatch(/livenessProbe\s+<(Object|Probe)>/);
    const all = await kubectl('', 'explain', '--recursive', 'rc');
    expect(all.stdout.split('\n').length).toBeGreaterThan(1_000);
    const unknown = await kubectl('', 'explain', 'pod.spec.bogus');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('field "bogus" does not exist')]);
  });

  testWithKubectl('refuses what is no pod', async () => {
    for (const verb of ['create', 'apply']) {
      const { code, stderr } = await kubectl(BAD_POD, verb, '-f', '-');
      expect(code).toBe(1);
      expect(stderr).toContain(unknownField);
      expect(stderr).toContain(otherProblem);
    }
  });

  testWithKubectl('tries without doing', async () => {
    for (const verb of ['create', 'apply']) {
      const { stdout } = await kubectl(GOOD_POD, verb, '--dry-run=server', '-f', '-');
      expect(stdout).toBe('pod/good created (server dry run)\n');
    }
    expect((await server.call('GET', '/api/v1/namespaces/default/pods/good')).status).toBe(404);
  });
});
