import { startTestServer, type TestServer } from './support/server';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
const AUTHENTICATION = '/apis/authentication.k8s.io/v1';

describe('reviews', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop());

  const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'default' };
  const nonResourceAttributes = { path: '/x', verb: 'get' };
  const ONE = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';

  test.each([
    ['selfsubjectaccessreviews', {}, `spec.resourceAttributes: Invalid value: "null": ${ONE}`],
    [
      'selfsubjectaccessreviews',
      { resourceAttributes, nonResourceAttributes },
      'spec.nonResourceAttributes: Invalid value: authorization.NonResourceAttributes{Path:"/x", Verb:"get"}: ' +
        'cannot be specified in combination with resourceAttributes',
    ],
    [
      'subjectaccessreviews',
      { resourceAttributes },
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    [
      'namespaces/other/localsubjectaccessreviews',
      { user: 'u', resourceAttributes },
      'spec.resourceAttributes.namespace: Invalid value: "default": must match metadata.namespace',
    ],
    [
      'namespaces/other/localsubjectaccessreviews',
      { user: 'u', nonResourceAttributes },
      'spec.nonResourceAttributes: Invalid value: authorization.NonResourceAttributes{Path:"/x", Verb:"get"}: ' +
        'disallowed on this kind of request',
    ],
  ])('%s %j is refused', async (plural, spec, text) => {
    const answer = await server.call('POST', `${AUTHORIZATION}/${plural}`, { spec });
    expect([answer.status, answer.body.message]).toEqual([422, `.authorization.k8s.io "" is invalid: ${text}`]);
    expect(answer.body.details).toMatchObject({ group: 'authorization.k8s.io', causes: [{}] });
  });

  test('what one may do is told without what was asked, and for a namespace only', async () => {
    const rules = await server.call('POST', `${AUTHORIZATION}/selfsubjectrulesreviews`, { spec: { namespace: 'a' } });
    expect([rules.status, rules.body.spec, rules.body.status]).toEqual([
      201,
      {},
      {
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      },
    ]);
    const without = await server.call('POST', `${AUTHORIZATION}/selfsubjectrulesreviews`, { spec: {} });
    expect([without.status, without.body.message]).toEqual([400, 'no namespace on request']);
  });

  test('a token that nobody knows is told to be invalid', async () => {
    const { body } = await server.call('POST', `${AUTHENTICATION}/tokenreviews`, { spec: { token: 'nope' } });
    expect(body.status).toEqual({ user: {}, error: 'invalid bearer token' });
  });
});

describe('answers in protobuf', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.call('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'partial' } });
  }, 60_000);
  afterAll(() => server.stop());

  const PROTOBUF = 'application/vnd.kubernetes.protobuf';
  const as = (kind: string): string => `${PROTOBUF};as=${kind};g=meta.k8s.io;v=v1`;

  test.each([
    ['/api/v1/namespaces/default/configmaps', as('PartialObjectMetadataList'), PROTOBUF, 'PartialObjectMetadataList'],
    ['/api/v1/namespaces/default/configmaps/partial', as('PartialObjectMetadata'), PROTOBUF, 'PartialObjectMetadata'],
    [
      '/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=1',
      as('PartialObjectMetadata'),
      `${PROTOBUF};stream=watch`,
      'PartialObjectMetadata',
    ],
    [
      '/api/v1/namespaces/default/configmaps',
      `${as('Table')},application/json;as=Table;g=meta.k8s.io;v=v1`,
      'application/json',
      '"kind":"Table"',
    ],
    ['/api/v1', PROTOBUF, 'application/json', 'APIResourceList'],
    ['/apis/authorization.k8s.io/v1', PROTOBUF, 'application/json', 'APIResourceList'],
  ])('%s as %s', async (path, accept, contentType, text) => {
    const answer = await server.call('GET', path, undefined, { accept });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, contentType]);
    expect(answer.text).toContain(text);
  });

  test('only a table is refused', async () => {
    const answer = await server.call('GET', '/api/v1/nodes', undefined, { accept: as('Table') });
    expect(answer.status).toBe(406);
  });
});
