/** Events, endpoints and nodes: name -> value -> causes. */
import { Definition } from './definitions';

const meta = { name: 'x', namespace: 'default' };
const EVENT_TIME = '2026-01-01T00:00:00.000000Z';
const told = { eventTime: EVENT_TIME, reportingComponent: 'a.b/c', reportingInstance: 'i', action: 'a', reason: 'r' };

test.each<[string, object, string[]]>([
  ['of its namespace', { involvedObject: { namespace: 'default' } }, []],
  ['of nothing in a namespace', { involvedObject: {} }, []],
  [
    'of another namespace',
    { involvedObject: { namespace: 'other' } },
    ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
  ],
  ['with a time', told, []],
  ['of another namespace, with a time', { ...told, involvedObject: { namespace: 'other' } }, []],
  [
    'with a time only',
    { eventTime: EVENT_TIME },
    [
      'reportingController: Required value',
      'reportingController: Invalid value: "": name part must be non-empty',
      expect.stringMatching(/^reportingController: Invalid value: "": name part must consist of/),
      'reportingInstance: Required value',
      'action: Required value',
      'reason: Required value',
    ],
  ],
  [
    'with much to say',
    { ...told, reportingInstance: 'i'.repeat(129), action: 'a'.repeat(129), message: 'ü'.repeat(513) },
    [
      'repotingIntance: Invalid value: "": can have at most 128 characters',
      'action: Invalid value: "": can have at most 128 characters',
      'message: Invalid value: "": can have at most 1024 characters',
    ],
  ],
])('an event %s', (_, event, errors) => {
  expect(new Definition('events').createErrors({ metadata: meta, involvedObject: {}, ...event })).toEqual(errors);
});

test.each<[string, object[], string[]]>([
  ['all there is', [{ addresses: [{ ip: '1.2.3.4', hostname: 'a', nodeName: 'n' }], ports: [{ port: 80 }] }], []],
  [
    'nobody',
    [{ ports: [{ port: 80 }] }],
    ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
  ],
  [
    'an address',
    [{ notReadyAddresses: [{ ip: 'x' }], ports: [{ port: 80 }] }],
    [
      expect.stringMatching(
        /^subsets\[0\]\.notReadyAddresses\[0\]\.ip: Invalid value: "x": must be a valid IP address/,
      ),
      'subsets[0].notReadyAddresses[0].ip: Invalid value: "x": must be a valid IP address',
    ],
  ],
  [
    'itself',
    [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80 }] }],
    ['subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8)'],
  ],
  [
    'two ports',
    [
      {
        addresses: [{ ip: '1.2.3.4' }],
        ports: [
          { name: 'a', port: 80 },
          { port: 0, protocol: 'x' },
        ],
      },
    ],
    [
      'subsets[0].ports[1].name: Required value',
      'subsets[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'subsets[0].ports[1].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"',
    ],
  ],
])('endpoints with %s', (_, subsets, errors) => {
  expect(new Definition('endpoints').createErrors({ metadata: meta, subsets })).toEqual(errors);
});

test.each<[string, object, string[]]>([
  ['ranges of both families', { podCIDRs: ['10.0.0.0/24', 'fd00::/64'] }, []],
  ['a taint', { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] }, []],
  [
    'a taint twice',
    {
      taints: [
        { key: 'a', effect: 'NoSchedule' },
        { key: 'a', effect: 'NoSchedule' },
      ],
    },
    [
      'metadata.taints[1]: Duplicate value: core.Taint{Key:"a", Value:"", Effect:"NoSchedule", TimeAdded:(*v1.Time)(nil)}: taints must be unique by key and effect pair',
    ],
  ],
  ['no effect', { taints: [{ key: 'a', effect: '' }] }, ['metadata.taints[0].effect: Required value']],
  [
    'two ranges of a family',
    { podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] },
    [
      expect.stringMatching(
        /^spec\.podCIDRs: Invalid value: .*: may specify no more than one CIDR for each IP family$/,
      ),
    ],
  ],
])('a node with %s', (_, spec, errors) => {
  expect(new Definition('nodes').createErrors({ metadata: { name: 'n' }, spec })).toEqual(errors);
});
