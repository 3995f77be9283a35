import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { eventually } from '@kubernetes-mesos/test-support';
import { KM_BUNDLE, kubectlPath, LocalCluster, run, type CommandResult } from '../support/local-cluster';

/**
 * exec, attach, cp, port-forward, logs and proxy, with a kubectl that speaks SPDY and one that speaks WebSocket, in
 * processes and, where Docker answers, in containers.
 */

const VERSIONS = (['1.20', '1.35'] as const).filter((version) => kubectlPath(version) !== undefined);
const runnable = existsSync(KM_BUNDLE) && VERSIONS.length > 0;
if (!runnable) process.stderr.write('skipped: streams end to end need `make` and a fetched kubectl\n');
const RUNTIMES = dockerAnswers() ? (['process', 'docker'] as const) : (['process'] as const);

jest.setTimeout(180_000);

const SERVER = `require('http').createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk) => (bytes += chunk.length));
  request.on('end', () => response.end(request.url === '/big' ? Buffer.alloc(2e7, 'z') : request.url + ' ' + bytes));
}).listen(process.env.PORT_80, process.env.HOST_IP)`;

const container = (name: string, command: readonly string[], more: object = {}): object => ({
  name,
  image: 'nginx',
  imagePullPolicy: 'IfNotPresent',
  command,
  ...more,
});
const pod = (name: string, containers: readonly object[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 1, containers },
  });

(runnable ? describe : describe.skip).each(runnable ? RUNTIMES : (['process'] as const))('streams, %s', (runtime) => {
  const cluster = new LocalCluster({ env: { RUNTIME: runtime, KM_EXAMPLES: 'none', NUM_NODES: '1' } });
  const folder = mkdtempSync(join(tmpdir(), 'km-streams-'));
  const kubectl = (version: (typeof VERSIONS)[number], args: string[], stdin = ''): Promise<CommandResult> =>
    cluster.kubectl(version, args, { stdin });
  const [anyVersion = '1.35'] = VERSIONS;

  beforeAll(async () => {
    if (runtime === 'docker') execFileSync('bash', [resolve(__dirname, '../../scripts/make-nginx-image.sh')]);
    await cluster.up();
    const manifests = [
      pod('p', [
        container('c', ['sh', '-c', 'echo first; echo second; echo third; exec sleep 3600']),
        container('reader', ['sh', '-c', 'while read line; do echo "got $line"; done'], { stdin: true }),
        container('crash', ['sh', '-c', 'echo attempt; exit 3']),
      ]),
      pod('web', [container('web', [], { ports: [{ containerPort: 80 }] })]),
      ...(runtime === 'process'
        ? [pod('node', [container('node', ['node', '-e', SERVER], { ports: [{ containerPort: 80 }] })])]
        : []),
    ].map((text) => text.replace('"command":[],', ''));
    for (const manifest of manifests) {
      expect(await kubectl(anyVersion, ['create', '-f', '-'], manifest)).toMatchObject({ exitCode: 0 });
    }
    await eventually(
      async () => {
        const before = await kubectl(anyVersion, ['logs', 'p', '-c', 'crash', '--previous']);
        const { status } = (await cluster.get('/api/v1/namespaces/default/pods/p')) as {
          status?: { containerStatuses?: { name: string; ready: boolean }[] };
        };
        const ready = (status?.containerStatuses ?? []).filter((each) => each.ready).map(({ name }) => name);
        return before.exitCode === 0 && ready.includes('c') && ready.includes('reader');
      },
      { deadlineMs: 120_000, intervalMs: 500 },
    );
    await kubectl(anyVersion, ['wait', '--for=condition=Ready', 'pod', 'web', '--timeout=60s']);
  }, 240_000);
  afterAll(async () => {
    await cluster.down();
    rmSync(folder, { recursive: true, force: true });
  }, 90_000);

  describe.each(runnable ? VERSIONS : (['1.35'] as const))('kubectl %s', (version) => {
    const forwards: { stop(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const each of forwards.splice(0)) await each.stop();
    });
    /** A kubectl that goes on until the test's end; resolves with what `announced` finds in its output. */
    const background = (args: string[], announced: RegExp): Promise<string> => {
      const child = spawn(kubectlPath(version) ?? '', ['--server', cluster.server, ...args], { env: cluster.env });
      const ended = new Promise<void>((done) => child.once('close', () => done()));
      const stop = (): Promise<void> => {
        child.kill();
        return ended;
      };
      forwards.push({ stop });
      let output = '';
      return new Promise((done, reject) => {
        const hear = (chunk: Buffer): void => {
          output += chunk.toString();
          const found = announced.exec(output)?.[1];
          if (found !== undefined) done(found);
        };
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        child.once('close', () => reject(new Error(`kubectl ${args.join(' ')} ended:\n${output}`)));
      });
    };

    test('exec: both outputs, the exit code, what is not there', async () => {
      const args = ['exec', 'p', '-c', 'c', '--'];
      const both = await kubectl(version, [...args, 'sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(both).toEqual({
        exitCode: 7,
        stdout: 'out\n',
        stderr: 'err\ncommand terminated with exit code 7\n',
      });
      expect(await kubectl(version, [...args, 'true-is-not-here'])).toMatchObject({
        exitCode: runtime === 'docker' ? 126 : 127,
      });
      expect((await kubectl(version, ['exec', 'p', '-c', 'crash', '--', 'true'])).stderr).toContain(
        'error: unable to upgrade connection: container not found ("crash")',
      );
      expect((await kubectl(version, ['exec', 'p', '-c', 'no', '--', 'true'])).stderr).toContain(
        'container no is not valid for pod p',
      );
    });

    test('exec: 10 MB through cat and back', async () => {
      const text = randomBytes(7_500_000).toString('base64');
      const { stdout, exitCode } = await kubectl(version, ['exec', '-i', 'p', '-c', 'c', '--', 'cat'], text);
      expect([exitCode, stdout.length, digest(stdout)]).toEqual([0, text.length, digest(text)]);
    });

    test('exec: a terminal of the size that the user has', async () => {
      const command = `stty rows 33 cols 101; ${kubectlPath(version)} --server ${cluster.server} exec -it p -c c -- sh -c 'until stty size | read a b && [ "$(stty size)" != "0 0" ]; do sleep 0.1; done; stty size'`;
      const { stdout } = await run('script', ['-qec', command, '/dev/null'], cluster.env, 60_000);
      expect(stdout).toContain('33 101');
    });

    test('cp: there and back', async () => {
      const [from, to] = [join(folder, 'from'), join(folder, 'to')];
      writeFileSync(from, randomBytes(3_000_000));
      expect(await kubectl(version, ['cp', from, 'p:/tmp/copied', '-c', 'c'])).toMatchObject({ exitCode: 0 });
      expect(await kubectl(version, ['cp', 'p:/tmp/copied', to, '-c', 'c'])).toMatchObject({ exitCode: 0 });
      expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
    });

    test('run: what is piped in comes out, and the exit code of the container is that of kubectl', async () => {
      const name = `run-${version.replace('.', '-')}`;
      const flags = ['-i', '--rm', '--restart=Never', '--image=nginx', '--image-pull-policy=IfNotPresent'];
      const result = await kubectl(
        version,
        ['run', name, ...flags, '--command', '--', 'sh', '-c', 'cat; exit 4'],
        'piped in\n',
      );
      expect(result).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('piped in\n') });
    });

    test('logs: all, the last, a few bytes, with times, of before, followed', async () => {
      const logs = async (...args: string[]): Promise<string> =>
        (await kubectl(version, ['logs', 'p', ...args])).stdout;
      expect(await logs('-c', 'c')).toBe('first\nsecond\nthird\n');
      expect(await logs('-c', 'c', '--tail=1')).toBe('third\n');
      expect(await logs('-c', 'c', '--limit-bytes=8')).toBe('first\nse');
      expect(await logs('-c', 'c', '--tail=1', '--timestamps')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z third\n$/);
      expect(await logs('-c', 'c', '--since-time=2099-01-01T00:00:00Z')).toBe('');
      expect(await logs('-c', 'crash', '--previous')).toBe('attempt\n');
      expect((await kubectl(version, ['logs', 'p', '-c', 'c', '--previous'])).stderr).toBe(
        'Error from server (BadRequest): previous terminated container "c" in pod "p" not found\n',
      );
      expect(await background(['logs', '-f', 'p', '-c', 'c'], /(third)\n/)).toBe('third');
    });

    test('port-forward: connections at once, and a port that nobody listens on', async () => {
      const port = await background(['port-forward', 'pod/web', ':80'], /127\.0\.0\.1:(\d+) ->/);
      const pages = await Promise.all(Array.from({ length: 12 }, () => get(`http://127.0.0.1:${port}/`)));
      for (const { status } of pages) expect(status).toBe(200);
      const closed = await background(['port-forward', 'pod/web', ':81'], /127\.0\.0\.1:(\d+) ->/);
      await expect(get(`http://127.0.0.1:${closed}/`)).rejects.toThrow();
    });

    (runtime === 'process' ? test : test.skip)('port-forward: a large body each way', async () => {
      const port = await background(['port-forward', 'pod/node', ':80'], /127\.0\.0\.1:(\d+) ->/);
      const [down, up] = await Promise.all([
        get(`http://127.0.0.1:${port}/big`),
        get(`http://127.0.0.1:${port}/up`, Buffer.alloc(10_000_000)),
      ]);
      expect(digest(down.body)).toBe(digest(Buffer.alloc(20_000_000, 'z')));
      expect(up.body.toString()).toBe('/up 10000000');
    });

    test('proxy: to a pod, to a node, and a port that nobody listens on', async () => {
      const port = await background(['proxy', '--port=0'], /127\.0\.0\.1:(\d+)/);
      const base = `http://127.0.0.1:${port}/api/v1`;
      expect((await get(`${base}/namespaces/default/pods/web/proxy/`)).status).toBe(200);
      expect((await get(`${base}/nodes/agent-1/proxy/healthz`)).body.toString()).toBe('ok');
      const refused = await get(`${base}/namespaces/default/pods/web:81/proxy/`);
      expect(refused.status).toBe(503);
      expect(refused.body.toString()).toContain('error trying to reach service: dial tcp ');
    });
  });
});

function get(url: string, body?: Buffer): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((done, reject) => {
    const request = http.request(url, { method: body === undefined ? 'GET' : 'POST', agent: false }, (answer) => {
      buffer(answer).then((all) => done({ status: answer.statusCode ?? 0, body: all }), reject);
    });
    request.once('error', reject);
    request.end(body);
  });
}

function digest(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['version'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}
