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
