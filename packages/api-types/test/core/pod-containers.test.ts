/** What containers ask for and how they are watched: name -> value -> causes. */
import { Definition } from './definitions';

const pods = new Definition('pods', true);
const AT = 'spec.containers[0]';
const PERIODS = { periodSeconds: 1, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 1 };
const EXEC = { exec: { command: ['x'] } };

function errorsOf(container: object, spec: object = {}): string[] {
  const containers = [{ name: 'c', image: 'c', ...container }];
  return pods.createErrors({ metadata: { name: 'p', namespace: 'default' }, spec: { containers, ...spec } });
}

test.each<[string, object]>([
  ['a command', EXEC],
  ['a request', { httpGet: { port: 'web', scheme: 'HTTPS', httpHeaders: [{ name: 'X-A', value: 'b' }] } }],
  ['a connection', { tcpSocket: { port: 80 } }],
  ['a grpc call', { grpc: { port: 80, service: 's' } }],
])('a probe by %s is right', (_, handler) => {
  expect(errorsOf({ livenessProbe: { ...handler, ...PERIODS, terminationGracePeriodSeconds: 5 } })).toEqual([]);
});

test.each<[string, object, string[]]>([
  ['nothing to do', {}, ['.livenessProbe: Required value: must specify a handler type']],
  [
    'two things to do',
    { ...EXEC, tcpSocket: { port: 80 } },
    ['.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
  ],
  ['no command', { exec: {} }, ['.livenessProbe.exec.command: Required value']],
  [
    'no port',
    { tcpSocket: { port: 0 } },
    ['.livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive'],
  ],
  [
    'a header',
    { httpGet: { port: 80, httpHeaders: [{ name: 'a b', value: '' }] } },
    [
      ".livenessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
    ],
  ],
  [
    'a scheme',
    { httpGet: { port: 80, scheme: 'ftp' } },
    ['.livenessProbe.httpGet.scheme: Unsupported value: "ftp": supported values: "HTTP", "HTTPS"'],
  ],
  [
    'times before',
    { ...EXEC, initialDelaySeconds: -1, timeoutSeconds: -1, periodSeconds: -1, failureThreshold: -1 },
    [
      '.livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0',
      '.livenessProbe.timeoutSeconds: Invalid value: -1: must be greater than or equal to 0',
      '.livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
      '.livenessProbe.failureThreshold: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'no grace',
    { ...EXEC, terminationGracePeriodSeconds: 0 },
    ['.livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0'],
  ],
])('a probe with %s is refused', (_, probe, errors) => {
  expect(errorsOf({ livenessProbe: probe })).toEqual(errors.map((error) => AT + error));
});

test('a grace of a readiness probe is refused, a sleep of a hook is right', () => {
  expect(errorsOf({ readinessProbe: { ...EXEC, terminationGracePeriodSeconds: 5 } })).toEqual([
    `${AT}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes`,
  ]);
  expect(errorsOf({ lifecycle: { preStop: { sleep: { seconds: 5 } }, postStart: EXEC } })).toEqual([]);
});

test.each<[string, object, string[]]>([
  [
    'a name',
    { name: 'a b', value: 'x' },
    [
      "[0].name: Invalid value: \"a b\": a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
    ],
  ],
  ['no name', { value: 'x' }, ['[0].name: Required value']],
  [
    'no source',
    { name: 'A', valueFrom: {} },
    [
      '[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
    ],
  ],
  [
    'a value and a source',
    { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ['[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
  ],
  [
    'two sources',
    { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 's', key: 'k' } } },
    ['[0].valueFrom: Invalid value: "": may not have more than one field specified at a time'],
  ],
  [
    'no key',
    { name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: '' } } },
    ['[0].valueFrom.configMapKeyRef.key: Required value'],
  ],
  [
    'no such resource',
    { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.x' } } },
    [
      '[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.x": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
    ],
  ],
  [
    'a divisor',
    { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } },
    [
      '[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource',
    ],
  ],
])('a variable with %s is refused', (_, variable, errors) => {
  const found = errorsOf({ env: [variable] });
  expect(found).toEqual(errors.map((error) => `${AT}.env${error}`));
});

test.each([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
  "metadata.labels['a/b']",
  "metadata.annotations['a']",
])('a variable may be %s', (fieldPath) => {
  expect(errorsOf({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath } } }] })).toEqual([]);
});

test.each<[string, object, string[]]>([
  [
    'more than the limit',
    { limits: { memory: '1Gi' }, requests: { memory: '2Gi' } },
    ['.requests: Invalid value: "2Gi": must be less than or equal to memory limit'],
  ],
  [
    'less than nothing',
    { requests: { cpu: '-1' } },
    ['.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'a name',
    { limits: { x: '1' } },
    [
      '.limits[x]: Invalid value: "x": must be a standard resource type or fully qualified',
      '.limits[x]: Invalid value: "x": must be a standard resource for containers',
      '.requests[x]: Invalid value: "x": must be a standard resource type or fully qualified',
      '.requests[x]: Invalid value: "x": must be a standard resource for containers',
    ],
  ],
  [
    'half a device',
    { limits: { 'example.com/x': '500m' } },
    [
      '.limits[example.com/x]: Invalid value: "500m": must be an integer',
      '.requests[example.com/x]: Invalid value: "500m": must be an integer',
    ],
  ],
  [
    'other devices than the limit',
    { limits: { 'example.com/x': '2' }, requests: { 'example.com/x': '1' } },
    ['.requests: Invalid value: "1": must be equal to example.com/x limit'],
  ],
  [
    'a device without a limit',
    { requests: { 'example.com/x': '1' } },
    ['.limits: Required value: Limit must be set for non overcommitable resources'],
  ],
  ['huge pages alone', { limits: { 'hugepages-2Mi': '2Mi' } }, [': Forbidden: HugePages require cpu or memory']],
])('resources with %s are refused', (_, resources, errors) => {
  const found = errorsOf({ resources });
  expect(found).toEqual(errors.map((error) => `${AT}.resources${error}`));
});

test.each<[string, object, string[]]>([
  ['a user', { runAsUser: -1 }, ['.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive']],
  ['a proc mount', { procMount: 'x' }, ['.procMount: Unsupported value: "x": supported values: "Default", "Unmasked"']],
  [
    'privileged, but not more',
    { privileged: true, allowPrivilegeEscalation: false },
    [
      ': Invalid value: {"privileged":true,"allowPrivilegeEscalation":false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  ],
  [
    'a profile',
    { seccompProfile: { type: 'Localhost' } },
    ['.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost'],
  ],
  [
    'no profile',
    { seccompProfile: { type: 'x' } },
    ['.seccompProfile.type: Unsupported value: "x": supported values: "Localhost", "RuntimeDefault", "Unconfined"'],
  ],
])('a security context with %s is refused', (_, securityContext, errors) => {
  const found = errorsOf({ securityContext });
  expect(found).toEqual(errors.map((error) => `${AT}.securityContext${error}`));
});

test('two containers of a name, a restart of one, ports', () => {
  const twice = {
    containers: [
      { name: 'c', image: 'c' },
      { name: 'c', image: 'c' },
    ],
  };
  expect(errorsOf({}, twice)).toEqual(['spec.containers[1].name: Duplicate value: "c"']);
  expect(errorsOf({ ports: [{ containerPort: 0 }, { containerPort: 80, protocol: 'x' }] })).toEqual([
    `${AT}.ports[0].containerPort: Required value`,
    `${AT}.ports[1].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"`,
  ]);
});
