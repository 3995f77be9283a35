import type { ServerResponse } from 'node:http';
import { eventually } from '@kubernetes-mesos/test-support';
import {
  JSON_MEDIA_TYPE,
  PROTOBUF_MEDIA_TYPE,
  schedulerCallCodec,
  schedulerEventCodec,
  type MediaType,
} from '../src/codec';
import { CallRejectedError, FrameworkRefusedError, MasterUnavailableError, NotSubscribedError } from '../src/errors';
import { createSchedulerClient, type SchedulerClientOptions } from '../src/http-scheduler-client';
import type { MasterDetector } from '../src/master-detector';
import type { SchedulerCallEnvelope, SchedulerEvent } from '../src/messages';
import type { ConnectionEvent, SchedulerClient } from '../src/scheduler-client';
import { openStream, ScriptedApi, type ScriptedRequest, type ScriptedStream } from './scripted-api';

type Received = SchedulerEvent | ConnectionEvent;

/** A master whose SUBSCRIBE and calls a test answers. */
class ScriptedMaster {
  readonly api = new ScriptedApi();
  readonly calls: SchedulerCallEnvelope[] = [];
  readonly streams: ScriptedStream[] = [];
  mediaType: MediaType = PROTOBUF_MEDIA_TYPE;
  onSubscribe: (response: ServerResponse) => void = (response) => this.accept(response);
  onCall: (call: SchedulerCallEnvelope, response: ServerResponse) => void = (_call, response) =>
    void response.writeHead(202).end();

  async start(): Promise<string> {
    this.api.handler = (request, response) => this.#handle(request, response);
    return this.api.start();
  }

  accept(response: ServerResponse): void {
    const stream = openStream(response, this.mediaType, `stream-${this.streams.length + 1}`);
    this.streams.push(stream);
    this.send({ type: 'SUBSCRIBED', subscribed: { framework_id: { value: 'F1' }, heartbeat_interval_seconds: 15 } });
  }

  send(event: SchedulerEvent): void {
    this.streams.at(-1)?.send(schedulerEventCodec.encode(event, this.mediaType));
  }

  #handle(request: ScriptedRequest, response: ServerResponse): void {
    const call = schedulerCallCodec.decode(request.body, this.mediaType);
    this.calls.push(call);
    if (call.type === 'SUBSCRIBE') this.onSubscribe(response);
    else this.onCall(call, response);
  }
}

function fixedDetector(host: string): MasterDetector {
  return {
    current: () => Promise.resolve(host),
    async *leaders() {
      yield host;
    },
    close: () => Promise.resolve(),
  };
}

const FRAMEWORK = { user: 'root', name: 'Kubernetes' };
let master: ScriptedMaster;
let client: SchedulerClient | undefined;

beforeEach(async () => {
  master = new ScriptedMaster();
  await master.start();
});
afterEach(async () => {
  await client?.close();
  client = undefined;
  await master.api.close();
});

function connect(options: Partial<SchedulerClientOptions> = {}): AsyncIterator<Received> {
  client = createSchedulerClient({
    detector: fixedDetector(master.api.host),
    framework: FRAMEWORK,
    backoff: { initialMs: 1, maxMs: 5 },
    ...options,
  });
  return client.events()[Symbol.asyncIterator]();
}

async function next(events: AsyncIterator<Received>): Promise<Received> {
  const result = await events.next();
  if (result.done === true) throw new Error('events ended');
  return result.value;
}

async function subscribed(events: AsyncIterator<Received>): Promise<void> {
  expect(await next(events)).toMatchObject({ type: 'CONNECTED' });
  expect(await next(events)).toMatchObject({ type: 'SUBSCRIBED' });
}

test.each([PROTOBUF_MEDIA_TYPE, JSON_MEDIA_TYPE] as const)('subscribes and calls in %s', async (mediaType) => {
  master.mediaType = mediaType;
  const events = connect({ mediaType, suppressedRoles: () => ['*'], credentials: { principal: 'p', secret: 's' } });
  await subscribed(events);
  expect(client?.framework.id).toEqual({ value: 'F1' });
  master.send({ type: 'HEARTBEAT' });
  expect(await next(events)).toEqual({ type: 'HEARTBEAT' });
  await client?.call({ type: 'REVIVE', revive: { roles: ['*'] } });

  expect(master.calls[0]).toEqual({
    type: 'SUBSCRIBE',
    subscribe: { framework_info: FRAMEWORK, suppressed_roles: ['*'] },
  });
  expect(master.calls[1]).toEqual({ type: 'REVIVE', framework_id: { value: 'F1' }, revive: { roles: ['*'] } });
  const [subscribe, revive] = master.api.requests;
  expect(subscribe?.headers['mesos-stream-id']).toBeUndefined();
  expect(subscribe?.headers.accept).toBe(mediaType);
  expect(subscribe?.headers['content-type']).toBe(mediaType);
  expect(subscribe?.headers.authorization).toBe(`Basic ${Buffer.from('p:s').toString('base64')}`);
  expect(revive?.headers['mesos-stream-id']).toBe('stream-1');
});

test('kills are sent together, and none before an accept that was made first is answered', async () => {
  const open: { readonly type: string; readonly answer: () => void }[] = [];
  master.onCall = ({ type }, response) => open.push({ type, answer: () => void response.writeHead(202).end() });
  const events = connect();
  await subscribed(events);
  const kill = (id: string) => client?.call({ type: 'KILL', kill: { task_id: { value: id } } });
  const accepted = client?.call({ type: 'ACCEPT', accept: { offer_ids: [{ value: 'o' }] } });
  const killed = kill('a');
  await eventually(() => open.length === 1);
  const acknowledged = client?.call({
    type: 'ACKNOWLEDGE',
    acknowledge: { agent_id: { value: 'S' }, task_id: { value: 'b' }, uuid: Buffer.alloc(16) },
  });
  await eventually(() => open.length === 2);
  expect(open.map(({ type }) => type)).toEqual(['ACCEPT', 'ACKNOWLEDGE']);
  for (const { answer } of open.splice(0)) answer();
  await eventually(() => open.length === 1);
  expect(open.map(({ type }) => type)).toEqual(['KILL']);
  open.splice(0).forEach(({ answer }) => answer());
  await Promise.all([accepted, acknowledged, killed]);

  const many = ['b', 'c', 'd'].map(kill);
  await eventually(() => open.length === 3);
  open.splice(0).forEach(({ answer }) => answer());
  for (const call of many) await call;
});

test('follows a scheme-less redirect to the leader', async () => {
  const other = new ScriptedApi();
  await other.start();
  other.handler = (request, response) =>
    void response.writeHead(307, { location: `//${master.api.host}${request.path}` }).end();
  const events = connect({ detector: fixedDetector(other.host) });
  expect(await next(events)).toEqual({ type: 'CONNECTED', master: master.api.host });
  await client?.close();
  await other.close();
});

test('subscribes again with its id after the stream breaks', async () => {
  const events = connect();
  await subscribed(events);
  master.streams[0]?.cut();
  expect(await next(events)).toMatchObject({ type: 'DISCONNECTED' });
  await subscribed(events);
  expect(master.calls[1]).toMatchObject({
    type: 'SUBSCRIBE',
    framework_id: { value: 'F1' },
    subscribe: { framework_info: { id: { value: 'F1' } } },
  });
});

test('waits while no master leads, and subscribes when one does', async () => {
  let refusals = 0;
  master.onSubscribe = (response) => {
    refusals += 1;
    if (refusals < 3) response.writeHead(503).end('No leader elected');
    else master.accept(response);
  };
  await subscribed(connect());
  expect(refusals).toBe(3);
});

test('a bad frame ends the subscription, not the client', async () => {
  const events = connect();
  await subscribed(events);
  master.streams[0]?.raw(Buffer.from('nonsense\n'));
  expect(await next(events)).toMatchObject({ type: 'DISCONNECTED' });
  await subscribed(events);
});

test('an ERROR event is for good', async () => {
  const events = connect();
  await subscribed(events);
  master.send({ type: 'ERROR', error: { message: 'Framework has been removed' } });
  expect(await next(events)).toMatchObject({ type: 'DISCONNECTED' });
  await expect(events.next()).rejects.toThrow(FrameworkRefusedError);
});

test('bad credentials are for good', async () => {
  master.onSubscribe = (response) => void response.writeHead(401).end('401 Unauthorized.');
  await expect(connect().next()).rejects.toThrow(/401 Unauthorized/);
});

test('a heartbeat that fails to come breaks the connection', async () => {
  master.onSubscribe = (response) => {
    const stream = openStream(response, PROTOBUF_MEDIA_TYPE, `s${master.streams.length}`);
    master.streams.push(stream);
    master.send({
      type: 'SUBSCRIBED',
      subscribed: { framework_id: { value: 'F1' }, heartbeat_interval_seconds: 0.02 },
    });
  };
  const events = connect({ missedHeartbeats: 2 });
  await subscribed(events);
  expect(await next(events)).toMatchObject({ type: 'DISCONNECTED', reason: expect.stringMatching(/^no event for/) });
});

describe('calls', () => {
  const kill = { type: 'KILL', kill: { task_id: { value: 't' } } } as const;

  test('before a subscription are not sent', async () => {
    master.onSubscribe = () => undefined;
    connect();
    await expect(client?.call(kill)).rejects.toThrow(NotSubscribedError);
  });

  test('that the master refuses carry its words', async () => {
    await subscribed(connect());
    master.onCall = (_call, response) => void response.writeHead(400).end('Failed to validate scheduler::Call: x');
    const error = await client?.call(kill).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CallRejectedError);
    expect(error).toMatchObject({ status: 400, reason: 'Failed to validate scheduler::Call: x', callType: 'KILL' });
  });

  test.each([
    [400, "The stream ID 'a' included in this request didn't match the stream ID currently associated"],
    [403, 'Framework is not subscribed'],
    [400, 'Framework cannot be found'],
    [503, 'Master has not finished recovery'],
  ])('refused with %d %s make the client subscribe again', async (status, text) => {
    const events = connect();
    await subscribed(events);
    master.onCall = (_call, response) => void response.writeHead(status).end(text);
    await expect(client?.call(kill)).rejects.toThrow(NotSubscribedError);
    expect(await next(events)).toMatchObject({ type: 'DISCONNECTED' });
    await subscribed(events);
  });

  test('whose answer is lost have an unknown fate', async () => {
    await subscribed(connect());
    master.onCall = (_call, response) => void response.destroy();
    await expect(client?.call(kill)).rejects.toThrow(MasterUnavailableError);
  });

  test('are sent in the order in which they are made', async () => {
    await subscribed(connect());
    const delays = [20, 0, 5, 0];
    master.onCall = (_call, response) => void setTimeout(() => response.writeHead(202).end(), delays.shift() ?? 0);
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((value) => client!.call({ type: 'KILL', kill: { task_id: { value } } })));
    expect(master.calls.slice(1).map((call) => call.kill?.task_id.value)).toEqual(names);
  });
});
