import type { ServerResponse } from 'node:http';
import { eventually } from '@kubernetes-mesos/test-support';
import { executorCallCodec, executorEventCodec, PROTOBUF_MEDIA_TYPE } from '../src/codec';
import { ExecutorRefusedError } from '../src/errors';
import type { ExecutorClient, ExecutorConnectionEvent } from '../src/executor-client';
import { readExecutorEnvironment } from '../src/executor-environment';
import { createExecutorClient } from '../src/http-executor-client';
import type { ExecutorCallEnvelope, ExecutorEvent, TaskInfo } from '../src/messages';
import { openStream, ScriptedApi, type ScriptedStream } from './scripted-api';

const TASK: TaskInfo = { name: 't', task_id: { value: 'pod.1' }, agent_id: { value: 'S1' } };

class ScriptedAgent {
  readonly api = new ScriptedApi();
  readonly calls: ExecutorCallEnvelope[] = [];
  readonly streams: ScriptedStream[] = [];
  acceptUpdates = true;
  onSubscribe: (response: ServerResponse) => void = (response) => this.accept(response);

  async start(): Promise<string> {
    this.api.handler = (request, response) => {
      const call = executorCallCodec.decode(request.body, PROTOBUF_MEDIA_TYPE);
      this.calls.push(call);
      if (call.type === 'SUBSCRIBE') this.onSubscribe(response);
      else if (this.acceptUpdates) response.writeHead(202).end();
      else response.writeHead(503).end('Agent has not finished recovery');
    };
    return this.api.start();
  }

  accept(response: ServerResponse): void {
    this.streams.push(openStream(response, PROTOBUF_MEDIA_TYPE));
    this.send({
      type: 'SUBSCRIBED',
      subscribed: {
        executor_info: { executor_id: { value: 'E1' } },
        framework_info: { user: 'root', name: 'k' },
        agent_info: { hostname: 'h' },
      },
    });
  }

  send(event: ExecutorEvent): void {
    this.streams.at(-1)?.send(executorEventCodec.encode(event, PROTOBUF_MEDIA_TYPE));
  }

  subscribes(): ExecutorCallEnvelope[] {
    return this.calls.filter((call) => call.type === 'SUBSCRIBE');
  }
  updates(): ExecutorCallEnvelope[] {
    return this.calls.filter((call) => call.type === 'UPDATE');
  }
}

let agent: ScriptedAgent;
let client: ExecutorClient;
let seen: (ExecutorEvent | ExecutorConnectionEvent)[];
let ended: Promise<unknown>;

beforeEach(async () => {
  agent = new ScriptedAgent();
  await agent.start();
});
afterEach(async () => {
  await client.close();
  await agent.api.close();
});

function start(env: Record<string, string> = {}): void {
  const environment = readExecutorEnvironment({
    MESOS_AGENT_ENDPOINT: agent.api.host,
    MESOS_FRAMEWORK_ID: 'F1',
    MESOS_EXECUTOR_ID: 'E1',
    MESOS_CHECKPOINT: '1',
    MESOS_RECOVERY_TIMEOUT: '15mins',
    MESOS_SUBSCRIPTION_BACKOFF_MAX: '10ms',
    ...env,
  });
  client = createExecutorClient({ environment });
  seen = [];
  ended = (async () => {
    for await (const event of client.events()) seen.push(event);
  })().catch((error: unknown) => error);
}
const types = (): string[] => seen.map((event) => event.type);
const count = (type: string): number => types().filter((each) => each === type).length;
const update = (state: 'TASK_STARTING' | 'TASK_RUNNING') =>
  client.call({ type: 'UPDATE', update: { status: { task_id: TASK.task_id, state } } });

test('sends the ids, the token, and complete updates', async () => {
  start({ MESOS_EXECUTOR_AUTHENTICATION_TOKEN: 'jwt' });
  await eventually(() => count('SUBSCRIBED') === 1);
  await update('TASK_RUNNING');
  const sent = agent.updates()[0];
  expect(sent).toMatchObject({ executor_id: { value: 'E1' }, framework_id: { value: 'F1' } });
  expect(sent?.update?.status).toMatchObject({ state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR' });
  expect(sent?.update?.status.uuid).toHaveLength(16);
  expect(sent?.update?.status.timestamp).toBeCloseTo(Date.now() / 1000, -1);
  expect(agent.api.requests.map((request) => request.headers.authorization)).toEqual(['Bearer jwt', 'Bearer jwt']);
});

test('says again at each subscription what is not acknowledged', async () => {
  start();
  await eventually(() => count('SUBSCRIBED') === 1);
  agent.send({ type: 'LAUNCH', launch: { task: TASK } });
  await eventually(() => count('LAUNCH') === 1);
  await update('TASK_STARTING');
  await update('TASK_RUNNING');
  const uuid = agent.updates()[0]?.update?.status.uuid ?? Buffer.alloc(0);
  expect(client.unacknowledgedUpdates).toBe(2);

  agent.streams[0]?.cut();
  await eventually(() => count('SUBSCRIBED') === 2);
  const second = agent.subscribes()[1]?.subscribe;
  expect(second?.unacknowledged_tasks).toEqual([TASK]);
  expect(second?.unacknowledged_updates?.map((each) => each.status.state)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);

  agent.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id: TASK.task_id, uuid } });
  await eventually(() => client.unacknowledgedUpdates === 1);
  agent.streams[1]?.end();
  await eventually(() => count('SUBSCRIBED') === 3);
  const third = agent.subscribes()[2]?.subscribe;
  expect(third?.unacknowledged_tasks ?? []).toEqual([]);
  expect(third?.unacknowledged_updates?.map((each) => each.status.state)).toEqual(['TASK_RUNNING']);
});

test('an update made while a subscription is being opened is not forgotten', async () => {
  let open: (() => void) | undefined;
  agent.onSubscribe = (response) => (open = () => agent.accept(response));
  start();
  await eventually(() => open !== undefined);
  await update('TASK_STARTING');
  await update('TASK_RUNNING');
  expect(agent.updates()).toEqual([]);
  open?.();
  await eventually(() => agent.updates().length === 2);
  expect(agent.updates().map((each) => each.update?.status.state)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
});

test('an update that a recovering agent refuses goes out with the next subscription', async () => {
  start();
  await eventually(() => count('SUBSCRIBED') === 1);
  agent.acceptUpdates = false;
  await update('TASK_RUNNING');
  await eventually(() => agent.subscribes().length === 2);
  expect(agent.subscribes()[1]?.subscribe?.unacknowledged_updates).toHaveLength(1);
});

test('flush waits for acknowledgements', async () => {
  start();
  await eventually(() => count('SUBSCRIBED') === 1);
  await update('TASK_RUNNING');
  await expect(client.flush(1)).resolves.toBe(false);
  const flushed = client.flush(10_000);
  const uuid = agent.updates()[0]?.update?.status.uuid ?? Buffer.alloc(0);
  agent.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id: TASK.task_id, uuid } });
  await expect(flushed).resolves.toBe(true);
});

test('without checkpointing a lost agent is a shutdown', async () => {
  start({ MESOS_CHECKPOINT: '0' });
  await eventually(() => count('SUBSCRIBED') === 1);
  agent.streams[0]?.cut();
  await expect(ended).resolves.toBeUndefined();
  expect(types()).toEqual(['SUBSCRIBED', 'DISCONNECTED', 'SHUTDOWN']);
});

test('after the recovery timeout a lost agent is a shutdown', async () => {
  start({ MESOS_RECOVERY_TIMEOUT: '50ms' });
  await eventually(() => count('SUBSCRIBED') === 1);
  agent.onSubscribe = (response) => void response.writeHead(503).end();
  agent.streams[0]?.cut();
  await expect(ended).resolves.toBeUndefined();
  expect(types().at(-1)).toBe('SHUTDOWN');
  expect(agent.subscribes().length).toBeGreaterThan(1);
});

test('an agent that has just been started, without its API or in recovery, is asked again', async () => {
  start();
  await eventually(() => count('SUBSCRIBED') === 1);
  const answers = [404, 503];
  agent.onSubscribe = (response) => {
    const status = answers.shift();
    if (status === undefined) agent.accept(response);
    else response.writeHead(status).end();
  };
  agent.streams[0]?.cut();
  await eventually(() => count('SUBSCRIBED') === 2);
  expect(agent.subscribes()).toHaveLength(4);
});

test('an agent that knows no such executor ends it', async () => {
  agent.onSubscribe = (response) => void response.writeHead(400).end('Executor cannot be found');
  start();
  const error = await ended;
  expect(error).toBeInstanceOf(ExecutorRefusedError);
  expect(String(error)).toMatch(/Executor cannot be found/);
});

test('the environment is read as agents write it, and what is missing is named', () => {
  expect(() => readExecutorEnvironment({ MESOS_EXECUTOR_ID: 'E' })).toThrow(
    /MESOS_AGENT_ENDPOINT is not set; MESOS_FRAMEWORK_ID is not set/,
  );
  const base = { MESOS_AGENT_ENDPOINT: 'a:1', MESOS_FRAMEWORK_ID: 'F', MESOS_EXECUTOR_ID: 'E' };
  expect(() => readExecutorEnvironment({ ...base, MESOS_SUBSCRIPTION_BACKOFF_MAX: '5s' })).toThrow(/no duration/);
  expect(readExecutorEnvironment({ ...base, MESOS_RECOVERY_TIMEOUT: '15mins' }).recoveryTimeoutMs).toBe(0);
  expect(
    readExecutorEnvironment({ ...base, MESOS_CHECKPOINT: '1', MESOS_RECOVERY_TIMEOUT: '15mins' }).recoveryTimeoutMs,
  ).toBe(900_000);
});
