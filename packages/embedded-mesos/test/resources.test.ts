import { negotiate } from '../src/http/accept';
import { decodeWire, encodeWire } from '../src/link/wire';
import { defaultDisk, defaultMemory } from '../src/agent/default-resources';
import { refusalMs } from '../src/master/filters';
import { roleNameError } from '../src/master/roles';
import { parseAttributes, parseResources } from '../src';
import { flatResources, resourcesText } from '../src/resources/format';

test('the text form of resources', () => {
  expect(parseResources('cpus:4; mem(db):1024.5;ports:[31000-31002, 33000-33000];disks:{a,b};')).toEqual([
    { name: 'cpus', type: 'SCALAR', scalar: { value: 4 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 1024.5 }, reservations: [{ type: 'STATIC', role: 'db' }] },
    {
      name: 'ports',
      type: 'RANGES',
      ranges: {
        range: [
          { begin: 31000, end: 31002 },
          { begin: 33000, end: 33000 },
        ],
      },
    },
    { name: 'disks', type: 'SET', set: { item: ['a', 'b'] } },
  ]);
  expect(parseResources('')).toEqual([]);
});

test.each(['cpus', 'cpus:x', 'ports:[5-1]', 'ports:[a]', ':4'])('%s is no resource', (text) => {
  expect(() => parseResources(text)).toThrow();
});

test('the text form of attributes', () => {
  expect(parseAttributes('rack:r1;level:10;zone:a:b')).toEqual([
    { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
    { name: 'level', type: 'SCALAR', scalar: { value: 10 } },
    { name: 'zone', type: 'TEXT', text: { value: 'a:b' } },
  ]);
  expect(() => parseAttributes('rack')).toThrow("bad attribute 'rack'");
});

test('resources as texts and as flat objects', () => {
  const resources = parseResources('cpus:1;cpus(db):2;ports:[5-6]');
  expect(resourcesText(resources)).toBe('cpus:1; cpus(reservations: [(STATIC,db)]):2; ports:[5-6]');
  expect(flatResources(resources)).toEqual({ cpus: 3, disk: 0, gpus: 0, mem: 0, ports: '[5-6]' });
});

test('what an agent offers by itself', () => {
  expect([defaultMemory(1000), defaultMemory(8192), defaultDisk(8000), defaultDisk(20480)]).toEqual([
    500, 7168, 4000, 15360,
  ]);
});

test.each([
  [undefined, 5000],
  [-1, 5000],
  [NaN, 5000],
  [0, 0],
  [0.1, 1000],
  [30, 30_000],
  [1e12, 365 * 24 * 3600 * 1000],
])('refuse_seconds %p holds %d ms', (seconds, ms) => {
  expect(refusalMs(seconds, 1000)).toBe(ms);
});

test.each([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['application/x-protobuf', 'application/x-protobuf'],
  ['application/x-protobuf, application/x-protobuf', 'application/x-protobuf'],
  ['application/x-protobuf;q=1, application/json', 'application/json'],
  ['application/json;q=0, application/x-protobuf', 'application/x-protobuf'],
  ['text/html', undefined],
])('Accept %p gives %p', (accept, type) => {
  expect(negotiate(accept)).toBe(type);
});

test('role names', () => {
  expect(['*', 'a', 'a/b', 'a-b'].map(roleNameError)).toEqual([undefined, undefined, undefined, undefined]);
  for (const bad of ['', '/a', 'a/', 'a//b', '.', 'a/..', 'a/*', '-a', 'a b']) expect(roleNameError(bad)).toBeDefined();
});

test('the wire keeps bytes and infinite numbers', () => {
  const value = { a: Buffer.from([0, 255]), b: [{ c: Infinity }], d: 'x', e: null };
  expect(decodeWire(encodeWire(value))).toEqual(value);
});
