/** Quotas and limit ranges: name -> value -> causes; and which pods a quota counts. */
import { isPodInScope, type Pod, type PodSpec, type ResourceQuota } from '../../src';
import { type Change, Definition } from './definitions';

const quotas = new Definition('resourcequotas');
const ranges = new Definition('limitranges');
const meta = { name: 'q', namespace: 'default' };

test.each<[string, object, string[]]>([
  [
    'what is counted',
    { hard: { pods: '1', 'count/deployments.apps': '2', 'requests.example.com/x': '3', 'services.nodeports': '1' } },
    [],
  ],
  [
    'less than nothing',
    { hard: { pods: '-1' } },
    ['hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  ['half a pod', { hard: { pods: '500m' } }, ['hard[pods]: Invalid value: "500m": must be an integer']],
  ['a scope', { scopes: ['x'] }, ['scopes: Invalid value: []core.ResourceQuotaScope{"x"}: unsupported scope']],
  [
    'scopes against each other',
    { scopes: ['BestEffort', 'NotBestEffort'] },
    ['scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort"}: conflicting scopes'],
  ],
  [
    'a resource that a scope has not',
    { hard: { services: '1' }, scopes: ['Terminating'] },
    ['scopes: Invalid value: []core.ResourceQuotaScope{"Terminating"}: unsupported scope applied to resource'],
  ],
  [
    'a priority in nothing',
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
    [
      "scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ],
  ],
  [
    'priorities',
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['a'] }] } },
    [],
  ],
  ['affinity across namespaces', { hard: { pods: '1' }, scopes: ['CrossNamespacePodAffinity'] }, []],
])('a quota with %s', (_, spec, errors) => {
  expect(quotas.createErrors({ metadata: meta, spec })).toEqual(errors.map((error) => `spec.${error}`));
});

test('the scopes of a quota stay', () => {
  const stored = quotas.create({ metadata: meta, spec: { hard: { pods: '1' }, scopes: ['Terminating'] } });
  expect(quotas.update(stored, ({ spec }: Change) => (spec.hard = { pods: '2' })).errors).toEqual([]);
  expect(quotas.update(stored, ({ spec }: Change) => delete spec.scopes).errors).toEqual([
    expect.stringMatching(/^spec\.scopes: Invalid value: .*: field is immutable$/),
  ]);
});

describe('a quota counts', () => {
  const selecting = (operator: string, values?: string[]): object => ({
    scopeSelector: {
      matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values === undefined ? {} : { values }) }],
    },
  });
  const far = { labelSelector: {}, topologyKey: 'a', namespaces: ['b'] };
  const plain: Partial<PodSpec> = {};
  const asking: Partial<PodSpec> = { containers: [{ name: 'c', image: 'c', resources: { requests: { cpu: '1' } } }] };
  const urgent: Partial<PodSpec> = { priorityClassName: 'high' };
  const short: Partial<PodSpec> = { activeDeadlineSeconds: 5 };
  const away: Partial<PodSpec> = {
    affinity: {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: far }] },
    },
  };

  test.each<[string, object, Partial<PodSpec>[]]>([
    ['all', {}, [plain, asking, urgent, short, away]],
    ['Terminating', { scopes: ['Terminating'] }, [short]],
    ['NotTerminating', { scopes: ['NotTerminating'] }, [plain, asking, urgent, away]],
    ['BestEffort', { scopes: ['BestEffort'] }, [plain, urgent, short, away]],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, [asking]],
    ['both of two', { scopes: ['BestEffort', 'Terminating'] }, [short]],
    ['PriorityClass', { scopes: ['PriorityClass'] }, [urgent]],
    ['one priority', selecting('In', ['high']), [urgent]],
    ['another priority', selecting('In', ['low']), []],
    ['not one priority', selecting('NotIn', ['high']), [plain, asking, short, away]],
    ['no priority', selecting('DoesNotExist'), [plain, asking, short, away]],
    ['CrossNamespacePodAffinity', { scopes: ['CrossNamespacePodAffinity'] }, [away]],
  ])('%s', (_, spec, expected) => {
    const quota: ResourceQuota = { metadata: meta, spec };
    const counted = [plain, asking, urgent, short, away].filter((more) => {
      const pod: Pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'c' }], ...more } };
      return isPodInScope(quota, pod);
    });
    expect(counted).toEqual(expected);
  });
});

test.each<[string, object[], string[]]>([
  [
    'all there is',
    [
      {
        type: 'Container',
        max: { cpu: '2' },
        min: { cpu: '1' },
        default: { cpu: '2' },
        defaultRequest: { cpu: '1' },
        maxLimitRequestRatio: { cpu: '2' },
      },
    ],
    [],
  ],
  [
    'more at least than at most',
    [{ type: 'Pod', max: { cpu: '1' }, min: { cpu: '2' } }],
    ['[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
  ],
  [
    'a default of pods',
    [{ type: 'Pod', default: { cpu: '1' } }],
    ["[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
  ],
  [
    'a default above all',
    [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' }, defaultRequest: { cpu: '1' } }],
    ['[0].default[cpu]: Invalid value: "1": default value 2 is greater than max value 1'],
  ],
  [
    'a ratio below one',
    [{ type: 'Container', maxLimitRequestRatio: { cpu: '500m' } }],
    ['[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
  ],
  [
    'one type twice',
    [
      { type: 'Pod', max: { cpu: '1' } },
      { type: 'Pod', max: { cpu: '1' } },
    ],
    ['[1].type: Duplicate value: "Pod"'],
  ],
  [
    'no size of claims',
    [{ type: 'PersistentVolumeClaim' }],
    ['[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided'],
  ],
])('a limit range with %s', (_, limits, errors) => {
  expect(ranges.createErrors({ metadata: meta, spec: { limits } })).toEqual(
    errors.map((error) => `spec.limits${error}`),
  );
});

describe('secrets', () => {
  const secrets = new Definition('secrets');
  const encode = (text: string): string => Buffer.from(text).toString('base64');

  test.each<[string, object, string[]]>([
    ['kubernetes.io/tls', {}, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
    ['kubernetes.io/basic-auth', { password: encode('x') }, []],
    ['kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }, ['data[%s][ssh-privatekey]: Required value']],
    ['kubernetes.io/dockercfg', {}, ['data[.dockercfg]: Required value']],
    [
      'kubernetes.io/dockercfg',
      { '.dockercfg': '' },
      ['data[.dockercfg]: Invalid value: "<secret contents redacted>": unexpected end of JSON input'],
    ],
    [
      'kubernetes.io/dockerconfigjson',
      { '.dockerconfigjson': encode('x') },
      [
        `data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'x' looking for beginning of value`,
      ],
    ],
    [
      'kubernetes.io/dockerconfigjson',
      { '.dockerconfigjson': encode('[]') },
      [
        'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}',
      ],
    ],
    [
      'kubernetes.io/service-account-token',
      {},
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    [
      'Opaque',
      { 'a b': '' },
      [
        "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
  ])('of type %s with %j', (type, data, errors) => {
    expect(secrets.createErrors({ metadata: meta, type, data })).toEqual(errors);
  });
});
