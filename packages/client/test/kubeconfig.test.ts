import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@kubernetes-mesos/test-support';
import { ClientConfigError, loadKubeconfig } from '../src';

let dir: TempDir;

beforeEach(async () => {
  dir = await createTempDir();
});
afterEach(async () => {
  await dir.dispose();
});

async function file(name: string, content: string): Promise<string> {
  const path = join(dir.path, name);
  await writeFile(path, content);
  return path;
}

test('server, certificates and token of the current context', async () => {
  await file('ca.pem', 'CA');
  const path = await file(
    'config',
    `
current-context: mesos
contexts:
- name: mesos
  context: {cluster: c, user: u, namespace: work}
clusters:
- name: c
  cluster: {server: "https://m:6443", certificate-authority: ca.pem}
users:
- name: u
  user: {token: t, client-certificate-data: ${btoa('CERT')}, client-key-data: ${btoa('KEY')}}
`,
  );
  expect(await loadKubeconfig({ path })).toEqual({
    servers: ['https://m:6443'],
    namespace: 'work',
    token: 't',
    tls: { ca: 'CA', cert: 'CERT', key: 'KEY' },
  });
  expect((await loadKubeconfig({ path, server: 'other:1' })).servers).toEqual(['other:1']);
});

test('of several files the first definition counts', async () => {
  const first = await file('a', 'current-context: x\ncontexts: [{name: x, context: {cluster: c}}]');
  const second = await file(
    'b',
    'current-context: y\nclusters: [{name: c, cluster: {server: s:1}}]\ncontexts: [{name: x, context: {cluster: d}}]',
  );
  const env = { KUBECONFIG: `${first}:${join(dir.path, 'missing')}:${second}` };
  expect(await loadKubeconfig({ env })).toEqual({ servers: ['s:1'], namespace: 'default' });
});

test.each([
  ['a: [', 'is no YAML'],
  ['[]', 'is no kubeconfig'],
  ['current-context: x', 'no context "x"'],
  ['contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x', 'no cluster "c"'],
  ['{}', 'names no server'],
  [
    'clusters: [{name: c, cluster: {server: s}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\nusers: [{name: u, user: {exec: {command: a}}}]',
    'plug-in',
  ],
])('what is wrong is said: %j', async (content, message) => {
  const path = await file('config', content);
  const error = await loadKubeconfig({ path }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClientConfigError);
  expect((error as Error).message).toContain(message);
});

test('a missing file is named', async () => {
  await expect(loadKubeconfig({ path: join(dir.path, 'nope') })).rejects.toThrow(/cannot read .*nope/);
});
