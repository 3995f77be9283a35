import net from 'node:net';
import fc from 'fast-check';
import type { Pod, Service } from '../src/api/core-v1';
import { imageKey } from '../src/images/image-map';
import { pauseProgram } from '../src/images/pause-image';
import { CommandParser, createRedisServer, redisCall } from '../src/images/redis-server';
import { registryCredentials, registryOf } from '../src/images/registry-credentials';
import { taskStep, type TaskInput, type TaskState } from '../src/mesos/task-state';
import { containerEnvironment, ContainerConfigError, type EnvironmentSources } from '../src/pods/environment';
import { expand } from '../src/pods/expansion';
import { bytes, milliCores, parseQuantity } from '../src/pods/quantity';
import { initialProbeState, probeSettings, probeStep } from '../src/probes/probe-state';
import { FrameStripper } from '../src/runtime/docker/streams';
import { dockerName, specHash } from '../src/runtime/docker/names';
import { keyFiles } from '../src/volumes/projection';

test('quantities', () => {
  expect(['100m', '1', '1.5', '1Gi', '1e3', '2k', 'x', '1Zi'].map(parseQuantity)).toEqual([
    0.1,
    1,
    1.5,
    2 ** 30,
    1000,
    2000,
    undefined,
    undefined,
  ]);
  expect(milliCores('0.25')).toBe(250);
  expect(milliCores('1500u')).toBe(2);
  expect(bytes('64Mi')).toBe(64 * 2 ** 20);
});

test('expansion replaces what is known and keeps the rest', () => {
  const lookup = (name: string): string | undefined => ({ A: '1', B: '$(A)' })[name];
  expect(expand('$(A) $(C) $$(A) $A $( $', lookup)).toBe('1 $(C) $(A) $A $( $');
  expect(expand('$(B)', lookup)).toBe('$(A)');
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('$')),
      (text) => expect(expand(text, lookup)).toBe(text),
    ),
  );
});

const service = (
  name: string,
  namespace: string,
  clusterIP: string,
  ports: { name?: string; port: number }[],
): Service => ({ metadata: { name, namespace }, spec: { clusterIP, ports } });

describe('environment', () => {
  const place = { nodeName: 'n', hostIP: '10.0.0.9', podIP: '10.0.0.1', allocatable: { cpu: 4, memoryBytes: 2 ** 30 } };
  const sources: EnvironmentSources = {
    masterNamespace: 'default',
    services: [
      service('redis-master', 'default', '10.10.10.5', [{ name: 'main', port: 10_000 }]),
      service('other', 'elsewhere', '10.10.10.6', [{ port: 1 }]),
      service('headless', 'default', 'None', [{ port: 1 }]),
    ],
    configMap: (name) => (name === 'config' ? { metadata: {}, data: { key: 'value' } } : undefined),
    secret: (name) => (name === 'secret' ? { metadata: {}, data: { key: 'aGlkZGVu' } } : undefined),
  };
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'default', uid: 'u', labels: { app: 'x' } },
    spec: { containers: [] },
  };

  test('services, references, fields and overrides', () => {
    const environment = containerEnvironment(
      pod,
      {
        name: 'c',
        resources: { limits: { cpu: '1500m' } },
        envFrom: [{ prefix: 'P_', configMapRef: { name: 'config' } }],
        env: [
          { name: 'URL', value: 'http://$(REDIS_MASTER_SERVICE_HOST):$(REDIS_MASTER_SERVICE_PORT)' },
          { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'secret', key: 'key' } } },
          { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
          { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'no', key: 'k', optional: true } } },
          { name: 'REDIS_MASTER_PORT', value: 'mine' },
        ],
      },
      sources,
      place,
    );
    expect(Object.fromEntries(environment)).toEqual({
      REDIS_MASTER_SERVICE_HOST: '10.10.10.5',
      REDIS_MASTER_SERVICE_PORT: '10000',
      REDIS_MASTER_SERVICE_PORT_MAIN: '10000',
      REDIS_MASTER_PORT: 'mine',
      REDIS_MASTER_PORT_10000_TCP: 'tcp://10.10.10.5:10000',
      REDIS_MASTER_PORT_10000_TCP_PROTO: 'tcp',
      REDIS_MASTER_PORT_10000_TCP_PORT: '10000',
      REDIS_MASTER_PORT_10000_TCP_ADDR: '10.10.10.5',
      P_key: 'value',
      URL: 'http://10.10.10.5:10000',
      SECRET: 'hidden',
      NAME: 'p',
      LABEL: 'x',
      CPU: '2',
      MEMORY: '1024',
    });
  });

  test('what is not there is named', () => {
    const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'secret', key: 'nope' } } }];
    expect(() => containerEnvironment(pod, { name: 'c', env }, sources, place)).toThrow(ContainerConfigError);
    expect(() => containerEnvironment(pod, { name: 'c', env }, sources, place)).toThrow(
      "couldn't find key nope in Secret default/secret",
    );
  });
});

test('probes turn at their thresholds', () => {
  const settings = probeSettings({ failureThreshold: 2, successThreshold: 2 });
  let state = initialProbeState(false);
  const results = [true, true, false, true, false, false].map((answer) => {
    state = probeStep(state, answer, settings);
    return state.result;
  });
  expect(results).toEqual([false, true, true, true, true, false]);
});

describe('task states', () => {
  const status = (phase: string): TaskInput => ({
    type: 'status',
    status: { phase },
    runningMessage: 'pod-running:p_ns',
  });
  const input = fc.constantFrom<TaskInput>(
    { type: 'bound' },
    { type: 'bind-failed', code: 'create-binding-failure' },
    { type: 'gone' },
    { type: 'stop', cause: 'killed' },
    { type: 'stop', cause: 'lost' },
    ...['Pending', 'Running', 'Succeeded', 'Failed'].map(status),
  );
  const terminal = new Set(['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_LOST']);

  test('in any order of events: one STARTING, one RUNNING, one end, and nothing after it', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 20 }), (inputs) => {
        let state: TaskState = { phase: 'binding' };
        const sent: string[] = [];
        for (const event of inputs) {
          const step = taskStep(state, event);
          state = step.state;
          if (step.report !== undefined) sent.push(step.report.state);
        }
        expect(new Set(sent).size).toBe(sent.length);
        const end = sent.findIndex((name) => terminal.has(name));
        if (end >= 0) expect(end).toBe(sent.length - 1);
        expect(state.phase === 'ended').toBe(end >= 0);
        if (sent.includes('TASK_RUNNING')) expect(sent[0]).toBe('TASK_STARTING');
      }),
    );
  });

  test('the words of the original', () => {
    expect(taskStep({ phase: 'running', stopping: 'lost' }, { type: 'gone' }).report).toEqual({
      state: 'TASK_LOST',
      message: 'task-lost-ack',
    });
    expect(taskStep({ phase: 'running' }, { type: 'gone' }).report?.message).toBe('containers-disappeared');
    expect(taskStep({ phase: 'starting', stopping: 'launch-timeout' }, { type: 'gone' }).report?.message).toBe(
      'launch-task-failed',
    );
  });
});

test('image names and registries', () => {
  expect(
    ['nginx', 'library/nginx:1', 'docker.io/library/nginx@sha256:1', 'dockerfile/nginx:latest', 'host:5/a:b'].map(
      imageKey,
    ),
  ).toEqual(['nginx', 'nginx', 'nginx', 'dockerfile/nginx', 'host:5/a']);
  expect(['nginx', 'a/b', 'r.io/b', 'localhost/b', 'h:1/b'].map(registryOf)).toEqual([
    'docker.io',
    'docker.io',
    'r.io',
    'localhost',
    'h:1',
  ]);
  const auth = Buffer.from('user:pa:ss').toString('base64');
  const login = { registry: 'docker.io', username: 'user', password: 'pa:ss' };
  expect(registryCredentials(JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth } } }))).toEqual([login]);
  expect(registryCredentials(JSON.stringify({ 'https://index.docker.io/v1/': { auth } }))).toEqual([login]);
  expect(registryCredentials('not json')).toEqual([]);
});

test('docker names follow the form of docker ps', () => {
  const pod: Pod = {
    metadata: { name: 'nginx-id-01', namespace: 'default', uid: '2cf6694e-bd16' },
    spec: { containers: [] },
  };
  expect(dockerName(pod, 'POD', {})).toMatch(
    /^k8s_POD\.[0-9a-f]{8}_nginx-id-01\.default\.mesos_2cf6694e-bd16_[0-9a-f]{8}$/,
  );
  expect(specHash({ a: 1 })).toBe(specHash({ a: 1 }));
  expect(specHash({ a: 1 })).not.toBe(specHash({ a: 2 }));
});

test('Docker’s stream headers go, however the chunks are cut', () => {
  const frame = (stream: number, text: string): Buffer => {
    const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 20 })), fc.integer({ min: 1, max: 30 }), (texts, size) => {
      const wire = Buffer.concat(texts.map((text, index) => frame(1 + (index % 2), text)));
      const stripper = new FrameStripper();
      for (let at = 0; at < wire.length; at += size) stripper.write(wire.subarray(at, at + size));
      const chunks: Buffer[] = [];
      for (let chunk = stripper.read() as Buffer | null; chunk !== null; chunk = stripper.read() as Buffer | null)
        chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe(texts.join(''));
    }),
  );
});

test('Redis commands are parsed however the chunks are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string(), { minLength: 1 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (commands, size) => {
        const wire = Buffer.from(
          commands
            .map(
              (words) =>
                `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
            )
            .join(''),
        );
        const parser = new CommandParser();
        const found: string[][] = [];
        for (let at = 0; at < wire.length; at += size) found.push(...parser.push(wire.subarray(at, at + size)));
        expect(found).toEqual(commands);
      },
    ),
  );
});

test('the pause program is an ELF file of its machine', () => {
  for (const [architecture, machine] of [
    ['amd64', 62],
    ['arm64', 183],
  ] as const) {
    const file = pauseProgram(architecture);
    expect(file.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(file.readUInt16LE(18)).toBe(machine);
    expect(file.readBigUInt64LE(96)).toBe(BigInt(file.length));
  }
});

test('files of a volume: all keys, chosen keys, missing keys', () => {
  const map = { metadata: {}, data: { a: '1', b: '2' } };
  expect([...keyFiles('configmap', 'm', map, {}).keys()]).toEqual(['a', 'b']);
  const chosen = keyFiles('configmap', 'm', map, { items: [{ key: 'b', path: 'sub/b', mode: 0o400 }] });
  expect([...chosen]).toEqual([['sub/b', { content: Buffer.from('2'), mode: 0o400 }]]);
  expect(() => keyFiles('configmap', 'm', map, { items: [{ key: 'x', path: 'x' }] })).toThrow(
    'non-existent configmap key: x',
  );
  expect(() => keyFiles('secret', 's', undefined, {})).toThrow('secret "s" not found');
  expect(keyFiles('secret', 's', undefined, { optional: true }).size).toBe(0);
});

describe('the stand-in for Redis', () => {
  const listening = async (server: net.Server): Promise<{ host: string; port: number }> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
  };

  test('keeps what it is given, also through a replica', async () => {
    const master = createRedisServer();
    const upstream = await listening(master);
    const replica = createRedisServer(upstream);
    const address = await listening(replica);
    expect(await redisCall(upstream, ['SET', 'k', 'grüße, x'], 2_000)).toBe('OK');
    expect(await redisCall(address, ['GET', 'k'], 2_000)).toBe('grüße, x');
    expect(await redisCall(address, ['GET', 'none'], 2_000)).toBeUndefined();
    await expect(redisCall(address, ['FLY'], 2_000)).rejects.toThrow('unknown command');
    master.close();
    replica.close();
  });

  test('what is no Redis is not taken for one', async () => {
    const other = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const address = await listening(other);
    await expect(redisCall(address, ['SET', 'k', 'v'], 2_000)).rejects.toThrow('is no Redis');
    other.close();
  });
});
