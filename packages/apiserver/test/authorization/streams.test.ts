import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Authorizer } from '../../src/authorization/authorizer';
import { authorizationFilter } from '../../src/filters/authorization';
import { Exchange } from '../../src/http/exchange';

/** Those who may only read get to no program by asking with GET. */

const readOnly: Authorizer = {
  authorize: ({ verb }) => ({ isAllowed: ['get', 'list', 'watch'].includes(verb), reason: '' }),
};

function ask(resource: string, subresource: string, headers: Record<string, string>): unknown {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  const place = { group: '', version: 'v1', namespace: 'default', resource, subresource, name: 'x', path: '/' };
  const info = { ...place, isResource: true, verb: 'get' };
  return authorizationFilter(readOnly)(new Exchange(request, new ServerResponse(request), 0), info);
}

const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket' };

test.each([
  ['pods', 'exec'],
  ['pods', 'attach'],
  ['pods', 'portforward'],
  ['nodes', 'proxy'],
])('%s/%s', (resource, subresource) => {
  expect(() => ask(resource, subresource, UPGRADE)).toThrow('cannot create resource');
});

test('what a node, a pod or a service tells is read as before', () => {
  expect(ask('nodes', 'proxy', {})).toBe('pass');
  expect(ask('pods', 'log', {})).toBe('pass');
  expect(ask('services', 'proxy', UPGRADE)).toBe('pass');
});
