import { randomUUID } from 'node:crypto';
import { schedulerCallCodec, type SchedulerCall } from '@kubernetes-mesos/mesos';
import { createTempDir, eventually, type TempDir } from '@kubernetes-mesos/test-support';
import { startAgent, startMaster, type RunningAgent, type RunningMaster } from '../../src';

let folder: TempDir;
let master: RunningMaster;
let agent: RunningAgent;
let framework: { id: string; streamId: string; close: () => void };

beforeAll(async () => {
  folder = await createTempDir();
  master = await startMaster({ port: 0, workDir: `${folder.path}/m`, clusterName: 'test', flags: { port: '0' } });
  agent = await startAgent({ master: master.address, port: 0, hostname: 'agent-1', workDir: `${folder.path}/a` });
  await eventually(() => agent.id !== undefined);
  framework = await subscribe();
});
afterAll(async () => {
  framework.close();
  await agent.leave();
  await master.close();
  await folder.dispose();
});

const json = { 'Content-Type': 'application/json', Accept: 'application/json' };
const SCHEDULER = '/api/v1/scheduler';

function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = json,
  at = master.address,
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`http://${at}${path}`, { method: 'POST', body: text, headers, redirect: 'manual' });
}
const agentAddress = () => `${agent.ip}:${agent.port}`;

async function subscribe(info = {}): Promise<typeof framework> {
  const abort = new AbortController();
  const response = await fetch(`http://${master.address}${SCHEDULER}`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { user: 'root', name: 'f', failover_timeout: 60, ...info } },
    }),
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  const reader = response.body!.getReader();
  const first = Buffer.from((await reader.read()).value ?? []).toString();
  const event = JSON.parse(first.slice(first.indexOf('\n') + 1).split(/(?<=})\d+\n/)[0] ?? '') as {
    subscribed: { framework_id: { value: string }; heartbeat_interval_seconds: number };
  };
  expect(event.subscribed.heartbeat_interval_seconds).toBe(15);
  return {
    id: event.subscribed.framework_id.value,
    streamId: response.headers.get('mesos-stream-id') ?? '',
    close: () => abort.abort(),
  };
}

const info = { user: 'root', name: 'x' };
const subscribeCall = { type: 'SUBSCRIBE', subscribe: { framework_info: info } };
const ofFramework = (call: object) => ({ framework_id: { value: framework.id }, ...call });
const withStream = (id = framework.streamId) => ({ ...json, 'Mesos-Stream-Id': id });

describe('POST /api/v1/scheduler', () => {
  test('another method', async () => {
    const response = await fetch(`http://${master.address}${SCHEDULER}`);
    expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([
      405,
      'POST',
      "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.",
    ]);
  });

  const refused: [string, unknown, Record<string, string>, number, string][] = [
    [
      'a charset',
      '{}',
      { 'Content-Type': 'application/json; charset=utf-8' },
      415,
      "Expecting 'Content-Type' of application/json or application/x-protobuf",
    ],
    ['no JSON', '{', json, 400, 'Failed to parse body into JSON: '],
    [
      'JSON of something else',
      { type: 'KILL', kill: {} },
      json,
      400,
      'Failed to convert JSON into Call protobuf: Missing required fields: kill.task_id',
    ],
    [
      'bad protobuf',
      '\u0001\u0001\u0001',
      { 'Content-Type': 'application/x-protobuf' },
      400,
      'Failed to parse body into Call protobuf',
    ],
    ['no type', {}, json, 400, "Failed to validate scheduler::Call: Expecting 'type' to be present"],
    [
      'no body',
      { type: 'SUBSCRIBE' },
      json,
      400,
      "Failed to validate scheduler::Call: Expecting 'subscribe' to be present",
    ],
    [
      'ids that differ',
      { ...subscribeCall, framework_id: { value: 'x' } },
      json,
      400,
      "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'",
    ],
    [
      'no framework id',
      { type: 'TEARDOWN' },
      json,
      400,
      "Failed to validate scheduler::Call: Expecting 'framework_id' to be present",
    ],
    [
      'a nil uuid',
      {
        type: 'ACKNOWLEDGE',
        framework_id: { value: 'f' },
        acknowledge: { agent_id: { value: 's' }, task_id: { value: 't' }, uuid: Buffer.alloc(16).toString('base64') },
      },
      json,
      400,
      'Failed to validate scheduler::Call: Not a valid UUID',
    ],
    [
      'an Accept that cannot be met',
      subscribeCall,
      { ...json, Accept: 'text/html' },
      406,
      "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
    ],
    [
      'SUBSCRIBE with a stream id',
      subscribeCall,
      { ...json, 'Mesos-Stream-Id': 'x' },
      400,
      "Subscribe calls should not include the 'Mesos-Stream-Id' header",
    ],
    [
      'an unknown framework',
      { type: 'REVIVE', framework_id: { value: 'nobody' } },
      json,
      400,
      'Framework cannot be found',
    ],
  ];
  test.each(refused)('%s', async (_name, body, headers, status, text) => {
    const response = await post(SCHEDULER, body, headers);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  test('no Content-Type', async () => {
    const response = await fetch(`http://${master.address}${SCHEDULER}`, { method: 'POST', body: new Uint8Array([1]) });
    expect([response.status, await response.text()]).toEqual([400, "Expecting 'Content-Type' to be present"]);
  });

  test('stream ids, and calls of a framework that is away', async () => {
    const revive = ofFramework({ type: 'REVIVE' });
    const missing = await post(SCHEDULER, revive);
    expect([missing.status, await missing.text()]).toEqual([
      400,
      "All non-subscribe calls should include the 'Mesos-Stream-Id' header",
    ]);
    const stale = await post(SCHEDULER, revive, withStream(randomUUID()));
    expect(stale.status).toBe(400);
    expect(await stale.text()).toContain("didn't match the stream ID currently associated with framework ID");
    const good = await post(SCHEDULER, revive, withStream());
    expect([good.status, await good.text()]).toEqual([202, '']);
    const gone = await subscribe();
    gone.close();
    const away = { type: 'REVIVE', framework_id: { value: gone.id } };
    await eventually(async () => {
      const response = await post(SCHEDULER, away, { ...json, 'Mesos-Stream-Id': gone.streamId });
      return response.status === 403 && (await response.text()) === 'Framework is not subscribed';
    });
  });

  test('a refused framework gets a stream with one ERROR', async () => {
    const call = { type: 'SUBSCRIBE', subscribe: { framework_info: { ...info, roles: ['a'] } } };
    const response = await post(SCHEDULER, call);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text.slice(text.indexOf('\n')))).toEqual({
      type: 'ERROR',
      error: { message: "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable" },
    });
  });

  test('protobuf is answered when only that is accepted, JSON whenever it may be', async () => {
    const call: SchedulerCall = { type: 'SUBSCRIBE', subscribe: { framework_info: info } };
    for (const [accept, type] of [
      ['application/x-protobuf, application/x-protobuf', 'application/x-protobuf'],
      ['application/x-protobuf, */*', 'application/json'],
    ] as const) {
      const abort = new AbortController();
      const response = await fetch(`http://${master.address}/master${SCHEDULER}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-protobuf', Accept: accept },
        body: new Uint8Array(schedulerCallCodec.encode(call, 'application/x-protobuf')),
        signal: abort.signal,
      });
      expect(response.headers.get('content-type')).toBe(type);
      abort.abort();
    }
  });
});

describe('POST /api/v1/executor', () => {
  const ids = { framework_id: { value: 'f' }, executor_id: { value: 'e' } };
  const status = { task_id: { value: 't' }, state: 'TASK_RUNNING', uuid: Buffer.alloc(16, 0x41).toString('base64') };
  const update = (extra: object) => ({
    ...ids,
    type: 'UPDATE',
    update: { status: { ...status, source: 'SOURCE_EXECUTOR', ...extra } },
  });
  const refused: [string, unknown, number, string][] = [
    [
      'no subscribe',
      { ...ids, type: 'SUBSCRIBE' },
      400,
      "Failed to validate Executor::Call: Expecting 'subscribe' to be present",
    ],
    ['no uuid', update({ uuid: null }), 400, "Failed to validate Executor::Call: Expecting 'uuid' to be present"],
    ['another source', update({ source: 'SOURCE_AGENT' }), 400, "with invalid source, expecting 'SOURCE_EXECUTOR'"],
    ['staging', update({ state: 'TASK_STAGING' }), 400, 'TASK_STAGING'],
    ['a foreign executor', update({ executor_id: { value: 'other' } }), 400, 'does not match'],
    ['an unknown framework', { ...ids, type: 'SUBSCRIBE', subscribe: {} }, 400, 'Framework cannot be found'],
    ['a heartbeat', { ...ids, type: 'HEARTBEAT' }, 202, ''],
  ];
  test.each(refused)('%s', async (_name, body, code, text) => {
    for (const path of ['/api/v1/executor', '/slave(1)/api/v1/executor']) {
      const response = await post(path, body, json, agentAddress());
      expect([response.status, await response.text()]).toEqual([code, expect.stringContaining(text)]);
    }
  });
});

describe('reads', () => {
  const get = async (path: string, at = master.address) =>
    (await fetch(`http://${at}${path}`)).json() as Promise<Record<string, never>>;

  test('the master', async () => {
    expect((await fetch(`http://${master.address}/health`)).status).toBe(200);
    expect(await get('/version')).toMatchObject({ version: '1.11.0' });
    expect(await get('/state')).toMatchObject({
      cluster: 'test',
      activated_slaves: 1,
      leader: `master@${master.address}`,
      slaves: [{ id: agent.id, hostname: 'agent-1', resources: { ports: '[31000-32000]' } }],
      orphan_tasks: [],
    });
    expect(await get(`/slaves?slave_id=${agent.id ?? ''}`)).toMatchObject({
      slaves: [{ pid: `slave(1)@${agentAddress()}` }],
    });
    expect(await get('/master/slaves?slave_id=none')).toEqual({ slaves: [], recovered_slaves: [] });
    expect(await get('/metrics/snapshot')).toMatchObject({ 'master/elected': 1, 'master/slaves_active': 1 });
    expect(await get('/tasks')).toEqual({ tasks: [] });
    expect(await get('/frameworks')).toHaveProperty('frameworks');
    expect(await get('/flags')).toEqual({ flags: { port: '0' } });
    expect((await fetch(`http://${master.address}/nothing`)).status).toBe(404);
  });

  test('the leader redirects to itself', async () => {
    const response = await fetch(`http://${master.address}/redirect`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([307, `//${master.address}`]);
  });

  test('another master redirects, with path and query', async () => {
    const standby = await startMaster({
      port: 0,
      workDir: `${folder.path}/standby`,
      leader: () => ({ leads: false, master: master.address }),
    });
    try {
      const response = await post(`${SCHEDULER}?x=1`, subscribeCall, json, standby.address);
      expect([response.status, response.headers.get('location')]).toEqual([307, `//${master.address}${SCHEDULER}?x=1`]);
      expect((await fetch(`http://${standby.address}/health`, { redirect: 'manual' })).status).toBe(200);
    } finally {
      await standby.close();
    }
  });

  test('the agent', async () => {
    expect(await get('/state', agentAddress())).toMatchObject({ id: agent.id, hostname: 'agent-1', frameworks: [] });
    expect(await get('/slave(1)/metrics/snapshot', agentAddress())).toMatchObject({ 'slave/registered': 1 });
    const response = await post('/api/v1', { type: 'GET_AGENT' }, json, agentAddress());
    expect(await response.json()).toMatchObject({ get_agent: { agent_info: { id: { value: agent.id } } } });
  });
});

describe('operator calls', () => {
  test('reads, refusals and what is not there', async () => {
    const master1 = (await (await post('/api/v1', { type: 'GET_MASTER' })).json()) as { get_master: object };
    expect(master1.get_master).toMatchObject({ master_info: { id: master.id, port: master.port } });
    expect(await (await post('/api/v1', { type: 'GET_AGENTS' })).json()).toMatchObject({
      get_agents: { agents: [{ active: true, agent_info: { hostname: 'agent-1' } }] },
    });
    expect((await post('/api/v1', { type: 'GET_METRICS' })).status).toBe(400);
    expect((await post('/api/v1', { type: 'GET_QUOTA' })).status).toBe(501);
    const gone = await post('/api/v1', { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: 'nobody' } } });
    expect([gone.status, await gone.text()]).toEqual([404, "Agent 'nobody' not found"]);
    const drain = await post('/api/v1', { type: 'DRAIN_AGENT', drain_agent: { agent_id: { value: 'nobody' } } });
    expect([drain.status, await drain.text()]).toEqual([400, 'Unknown agent']);
  });

  test('deactivate and reactivate', async () => {
    const call = (type: string) => post('/api/v1', { type, [type.toLowerCase()]: { agent_id: { value: agent.id } } });
    expect((await call('DEACTIVATE_AGENT')).status).toBe(200);
    const state = (await (await fetch(`http://${master.address}/slaves`)).json()) as { slaves: unknown[] };
    expect(state.slaves).toMatchObject([{ active: false, deactivated: true }]);
    expect((await call('REACTIVATE_AGENT')).status).toBe(200);
  });
});
