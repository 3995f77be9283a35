import { chooseForm, takesGzip } from '../../src/openapi/accept';

const FORMS = new Map([
  ['application/json', 'json'],
  ['application/x+protobuf', 'protobuf'],
]);

test.each([
  [undefined, 'json'],
  ['', 'json'],
  ['*/*', 'json'],
  ['application/*', 'json'],
  ['application/json', 'json'],
  ['Application/JSON; charset=utf-8', 'json'],
  ['application/x+protobuf', 'protobuf'],
  ['application/x+protobuf, application/json', 'protobuf'],
  ['application/json, application/x+protobuf', 'json'],
  ['application/x+protobuf;q=0.5, application/json', 'json'],
  ['application/json;q=0.4,application/x+protobuf;q=0.5', 'protobuf'],
  ['text/html', undefined],
  ['text/html, */*;q=0.1', 'json'],
  ['application/json;q=0', undefined],
])('Accept %j is answered with %s', (header, form) => {
  expect(chooseForm(header, FORMS, 'json')).toBe(form);
});

test.each([
  [undefined, false],
  ['gzip', true],
  ['deflate, gzip;q=1.0', true],
  ['gzip;q=0', false],
  ['br', false],
  ['identity', false],
])('Accept-Encoding %j: gzip %s', (header, takes) => {
  expect(takesGzip(header)).toBe(takes);
});
