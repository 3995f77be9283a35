import { JSON_MEDIA_TYPE, masterCallCodec, masterEventCodec, masterResponseCodec } from '../src/codec';
import { CallRejectedError, MasterUnavailableError } from '../src/errors';
import type { MasterDetector } from '../src/master-detector';
import { createOperatorClient, type OperatorClient } from '../src/operator-client';
import { openStream, ScriptedApi } from './scripted-api';

let leader: ScriptedApi;
let follower: ScriptedApi;
let client: OperatorClient;

const AGENTS = {
  agents: [{ agent_info: { hostname: 'h', id: { value: 'S1' } }, active: true, version: '1.11.0' }],
};

beforeEach(async () => {
  leader = new ScriptedApi();
  follower = new ScriptedApi();
  await leader.start();
  await follower.start();
  const { host } = leader;
  follower.handler = (request, response) =>
    void response.writeHead(307, { location: `//${host}${request.path}` }).end();
  const detector: MasterDetector = {
    current: () => Promise.resolve(follower.host),
    async *leaders() {
      yield follower.host;
    },
    close: () => Promise.resolve(),
  };
  client = createOperatorClient({ detector });
});
afterEach(async () => {
  await client.close();
  await leader.close();
  await follower.close();
});

test('calls go to the leader, which is remembered', async () => {
  leader.handler = (request, response) => {
    expect(masterCallCodec.decode(request.body, JSON_MEDIA_TYPE).type).toBe('GET_AGENTS');
    response.writeHead(200, { 'content-type': JSON_MEDIA_TYPE });
    response.end(masterResponseCodec.encode({ type: 'GET_AGENTS', get_agents: AGENTS }, JSON_MEDIA_TYPE));
  };
  expect(await client.getAgents()).toEqual(AGENTS);
  expect(await client.getAgents()).toEqual(AGENTS);
  expect(follower.requests).toHaveLength(1);
});

test('refusals carry the words of the master', async () => {
  leader.handler = (_request, response) => void response.writeHead(403).end('Not allowed');
  await expect(client.getState()).rejects.toThrow(CallRejectedError);
  await expect(client.getState()).rejects.toThrow(/403: Not allowed/);
});

test('agents are read from /slaves, else from /state, where the call is refused', async () => {
  const slave = {
    ...{ id: 'S1', hostname: 'h', port: 5051, pid: 'slave(1)@10.0.0.1:5051', version: '1.12.0', active: true },
    resources: { cpus: 4, disk: 0, gpus: 0, mem: 1024, ports: '[31000-32000]' },
    attributes: { rack: 'r1', level: 3 },
    domain: { fault_domain: { region: { name: 'eu' }, zone: { name: 'a' } } },
  };
  const open = new Set(['/slaves', '/state']);
  leader.handler = (request, response) => {
    if (!open.has(request.path)) response.writeHead(403).end();
    else response.end(JSON.stringify({ slaves: [slave, 'nonsense'], recovered_slaves: [{ id: 'S2', hostname: 'g' }] }));
  };
  const agents = await client.getAgents();
  expect(agents.recovered_agents?.map(({ hostname }) => hostname)).toEqual(['g']);
  expect(agents.agents).toHaveLength(1);
  expect(agents.agents?.[0]).toMatchObject({
    agent_info: {
      hostname: 'h',
      id: { value: 'S1' },
      attributes: [
        { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
        { name: 'level', type: 'SCALAR', scalar: { value: 3 } },
      ],
      domain: { fault_domain: { region: { name: 'eu' }, zone: { name: 'a' } } },
    },
    active: true,
    deactivated: false,
    pid: 'slave(1)@10.0.0.1:5051',
  });
  expect(agents.agents?.[0]?.total_resources).toContainEqual({ name: 'cpus', type: 'SCALAR', scalar: { value: 4 } });
  open.delete('/slaves');
  expect(await client.getAgents()).toEqual(agents);
  open.clear();
  await expect(client.getAgents()).rejects.toThrow(/403/);
});

test('a dead master is an error that may be retried', async () => {
  await leader.close();
  await expect(client.getMaster()).rejects.toThrow(MasterUnavailableError);
  await leader.start();
});

test('the event stream begins with the state and ends with the connection', async () => {
  leader.handler = (_request, response) => {
    const stream = openStream(response, JSON_MEDIA_TYPE);
    stream.send(masterEventCodec.encode({ type: 'SUBSCRIBED', subscribed: { get_state: {} } }, JSON_MEDIA_TYPE));
    stream.send(masterEventCodec.encode({ type: 'HEARTBEAT' }, JSON_MEDIA_TYPE));
    stream.end();
  };
  const types: (string | undefined)[] = [];
  for await (const event of client.subscribe({ signal: AbortSignal.timeout(10_000) })) types.push(event.type);
  expect(types).toEqual(['SUBSCRIBED', 'HEARTBEAT']);
});
