import type { FlagDefinitions, FlagValues } from '@kubernetes-mesos/component-base';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export const controllerManagerFlags = {
  master: {
    type: 'string',
    default: '',
    group: 'API server',
    usage: 'the API server: host:port or a URL; several are separated by commas',
  },
  kubeconfig: {
    type: 'string',
    default: '',
    group: 'API server',
    usage: 'file with the credentials for the API server, and its address unless --master gives it',
  },
  token_file: {
    type: 'string',
    default: '',
    group: 'API server',
    usage: 'file with a bearer token for the API server',
  },
  certificate_authority: {
    type: 'string',
    default: '',
    group: 'API server',
    usage: 'PEM file of the authority that signed the certificate of the API server',
  },
  client_certificate: {
    type: 'string',
    default: '',
    group: 'API server',
    usage: 'PEM file of a client certificate; goes with --client_key',
  },
  client_key: {
    type: 'string',
    default: '',
    group: 'API server',
    usage: 'PEM file of the key of --client_certificate',
  },
  insecure_skip_tls_verify: {
    type: 'bool',
    default: false,
    group: 'API server',
    usage: 'accept any certificate of the API server',
  },
  address: {
    type: 'ip',
    default: '127.0.0.1',
    group: 'Status',
    usage: 'address on which /healthz and /metrics are served',
  },
  port: {
    type: 'int',
    default: 10252,
    min: 0,
    max: 65535,
    group: 'Status',
    usage: 'port on which /healthz and /metrics are served; 0 takes a free one',
  },
  mesos_master: {
    type: 'string',
    default: '',
    group: 'Mesos',
    usage:
      'the Mesos master: host:port or zk://host:port/path; default: mesos-master of --cloud_config, else the one ' +
      'that the scheduler registers with, else port 5050 of this machine or of the host of the API server',
  },
  cloud_provider: {
    type: 'string',
    default: 'mesos',
    group: 'Mesos',
    usage: 'where nodes come from; only mesos is known',
    check: (value) => (value === 'mesos' || value === '' ? undefined : 'only mesos is supported'),
  },
  cloud_config: {
    type: 'string',
    default: '',
    group: 'Mesos',
    usage: 'ini file with the section [mesos-cloud]: mesos-master, http-client-timeout, state-cache-ttl',
  },
  node_sync_period: {
    type: 'duration',
    default: 10 * SECOND_MS,
    group: 'Nodes',
    usage: 'time between two looks at the agents of Mesos',
    aliases: ['minion_sync_period'],
  },
  node_monitor_grace_period: {
    type: 'duration',
    default: 40 * SECOND_MS,
    group: 'Nodes',
    usage: 'silence of a kubelet after which its node is NotReady',
  },
  pod_eviction_timeout: {
    type: 'duration',
    default: 5 * MINUTE_MS,
    group: 'Nodes',
    usage: 'time a node is NotReady, or its agent gone, before its pods are deleted',
  },
  host_port_endpoints: {
    type: 'bool',
    default: true,
    group: 'Services',
    usage: 'endpoints are hostIP:hostPort; with false, podIP:containerPort',
  },
  concurrent_endpoint_syncs: {
    type: 'int',
    default: 5,
    min: 1,
    group: 'Services',
    usage: 'services whose endpoints are worked on at once',
  },
  concurrent_rc_syncs: {
    type: 'int',
    default: 5,
    min: 1,
    group: 'Workloads',
    usage: 'replication controllers worked on at once',
  },
  namespace_sync_period: {
    type: 'duration',
    default: 5 * MINUTE_MS,
    group: 'Workloads',
    usage: 'time after which an ending namespace is looked at again at the latest',
  },
  resource_quota_sync_period: {
    type: 'duration',
    default: 10 * SECOND_MS,
    group: 'Workloads',
    usage: 'time between two measurements of a quota',
  },
  terminated_pod_gc_threshold: {
    type: 'int',
    default: 12_500,
    group: 'Workloads',
    usage: 'finished pods that are kept; the oldest go beyond; 0 keeps all',
  },
  service_account_private_key_file: {
    type: 'string',
    default: '',
    group: 'Service accounts',
    usage: 'PEM file of the private key that signs service account tokens; without it no tokens are made',
  },
  root_ca_file: {
    type: 'string',
    default: '',
    group: 'Service accounts',
    usage: 'PEM file of the authority that goes into the token secrets as ca.crt',
  },
} as const satisfies FlagDefinitions;

export type ControllerManagerFlagValues = FlagValues<typeof controllerManagerFlags>;
