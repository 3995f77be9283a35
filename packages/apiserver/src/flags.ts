import type { FlagDefinitions, FlagValues } from '@kubernetes-mesos/component-base';
import { DEFAULT_PLUGINS, PLUGIN_NAMES } from './admission/plugins';

const LISTEN = 'Listening';
const STORE = 'Storage';
const SECURITY = 'Security';
const CLUSTER = 'Cluster';
const KUBELET = 'Kubelets';
const LIMITS = 'Limits';

/** Flags of `km apiserver`, under the names of the original 0.5; names that came later are aliases. */
export const apiserverFlags = {
  address: {
    type: 'ip',
    default: '127.0.0.1',
    group: LISTEN,
    aliases: ['insecure_bind_address'],
    usage: 'IP address of the insecure port; whoever reaches it may do everything',
  },
  port: {
    type: 'int',
    default: 8080,
    min: 0,
    max: 65_535,
    group: LISTEN,
    aliases: ['insecure_port'],
    usage: 'port without TLS, authentication and authorization; 0 for none',
  },
  secure_port: {
    type: 'int',
    default: 6443,
    min: 0,
    max: 65_535,
    group: LISTEN,
    usage: 'HTTPS port with authentication and authorization; 0 for none',
  },
  public_address_override: {
    type: 'ip',
    default: '',
    group: LISTEN,
    aliases: ['bind_address'],
    usage: 'IP address of the secure port; all addresses when empty',
  },
  advertise_address: {
    type: 'ip',
    default: '',
    group: LISTEN,
    usage:
      'IP address by which pods and nodes reach this server, put into the endpoints of the service kubernetes; ' +
      'default: --public_address_override, --address when it is not loopback, or the first address of this machine',
  },
  read_only_port: {
    type: 'int',
    default: 7080,
    min: 0,
    max: 65_535,
    group: LISTEN,
    usage: 'port on --address for GET only, limited by --api_rate; 0 for none',
  },
  api_rate: { type: 'float', default: 10, group: LISTEN, usage: 'requests a second on the read-only port' },
  api_burst: { type: 'int', default: 200, min: 1, group: LISTEN, usage: 'burst of requests on the read-only port' },
  external_hostname: {
    type: 'string',
    default: '',
    group: LISTEN,
    usage: 'name of this server in the URLs that it tells clients, and in a self-made certificate',
  },
  cors_allowed_origins: {
    type: 'list',
    default: [],
    group: LISTEN,
    usage: 'regular expressions of origins that browsers may call from; empty for none',
  },

  etcd_servers: {
    type: 'list',
    default: [],
    group: STORE,
    usage: 'URLs of etcd, e.g. http://127.0.0.1:4001; required unless --etcd_config is given',
  },
  etcd_config: {
    type: 'string',
    default: '',
    group: STORE,
    usage: 'file with the machines of etcd as JSON, {"cluster":{"machines":[URL,...]}}; instead of --etcd_servers',
  },
  etcd_prefix: { type: 'string', default: '/registry', group: STORE, usage: 'where objects are kept in etcd' },
  event_ttl: { type: 'duration', default: 3_600_000, group: STORE, usage: 'how long events are kept' },
  watch_cache_size: {
    type: 'int',
    default: 8_192,
    min: 16,
    group: STORE,
    usage: 'changes of a resource that are kept for watches and lists of the past',
  },

  portal_net: {
    type: 'string',
    default: '',
    group: CLUSTER,
    aliases: ['service_cluster_ip_range'],
    usage: 'IPv4 range of service addresses, e.g. 10.10.10.0/24; required',
  },
  service_node_port_range: {
    type: 'string',
    default: '30000-32767',
    group: CLUSTER,
    usage: 'ports of nodes for services of type NodePort, first-last',
  },
  master_service_namespace: {
    type: 'string',
    default: 'default',
    group: CLUSTER,
    usage: 'namespace of the service kubernetes',
  },
  apiserver_count: {
    type: 'int',
    default: 1,
    min: 1,
    group: CLUSTER,
    usage: 'API servers of this cluster; so many addresses are kept in the endpoints of the service kubernetes',
  },
  mesos_master: {
    type: 'string',
    default: '',
    group: CLUSTER,
    usage: 'host:port or zk://hosts/path of the Mesos master, shown in component statuses',
  },
  cloud_provider: {
    type: 'string',
    default: '',
    group: CLUSTER,
    usage: 'empty or mesos',
    check: (value) => (value === '' || value === 'mesos' ? undefined : 'only mesos is known'),
  },
  cloud_config: {
    type: 'string',
    default: '',
    group: CLUSTER,
    usage: 'ini file of the cloud provider; its mesos-master counts when --mesos_master is not given',
  },
  log_dir_served: {
    type: 'string',
    default: '/var/log',
    group: CLUSTER,
    usage: 'directory served at /logs/; empty for none',
  },

  tls_cert_file: {
    type: 'string',
    default: '',
    group: SECURITY,
    usage: 'certificate of the secure port, PEM; self-made when empty',
  },
  tls_private_key_file: { type: 'string', default: '', group: SECURITY, usage: 'key of --tls_cert_file, PEM' },
  cert_dir: {
    type: 'string',
    default: '/var/run/kubernetes',
    group: SECURITY,
    usage: 'where the self-made certificate is kept',
  },
  client_ca_file: {
    type: 'string',
    default: '',
    group: SECURITY,
    usage: 'certificates that sign those of clients; a client with such a certificate is its common name',
  },
  basic_auth_file: { type: 'string', default: '', group: SECURITY, usage: 'CSV file of password,user,uid' },
  token_auth_file: { type: 'string', default: '', group: SECURITY, usage: 'CSV file of token,user,uid' },
  service_account_key_file: {
    type: 'string',
    default: '',
    group: SECURITY,
    usage:
      'PEM keys (RSA or EC) of service account tokens: with public keys they are checked, with a private key also ' +
      'given; default: the key of the secure port',
  },
  service_account_lookup: {
    type: 'bool',
    default: false,
    group: SECURITY,
    usage: 'accept tokens of service accounts only while the account and its secret exist',
  },
  anonymous_auth: {
    type: 'bool',
    default: false,
    group: SECURITY,
    usage: 'let requests without credentials reach the authorizer of the secure port as system:anonymous',
  },
  authorization_mode: {
    type: 'string',
    default: 'AlwaysAllow',
    group: SECURITY,
    usage: 'AlwaysAllow, AlwaysDeny or ABAC, on the secure port',
    check: (value) =>
      ['AlwaysAllow', 'AlwaysDeny', 'ABAC'].includes(value) ? undefined : 'must be AlwaysAllow, AlwaysDeny or ABAC',
  },
  authorization_policy_file: {
    type: 'string',
    default: '',
    group: SECURITY,
    usage: 'policies of --authorization_mode=ABAC, one JSON object a line',
  },
  admission_control: {
    type: 'list',
    default: DEFAULT_PLUGINS,
    group: SECURITY,
    usage: `plug-ins that see each change before it is stored, in order; of ${PLUGIN_NAMES.join(', ')}`,
  },
  allow_privileged: {
    type: 'bool',
    default: false,
    group: SECURITY,
    usage: 'let pods ask for privileged containers',
  },

  max_requests_inflight: {
    type: 'int',
    default: 400,
    min: 0,
    group: LIMITS,
    usage: 'reading requests under way at a time, but for watches and streams; more are answered 429; 0 for no limit',
  },
  max_mutating_requests_inflight: {
    type: 'int',
    default: 200,
    min: 0,
    group: LIMITS,
    usage: 'requests under way at a time that change something; more are answered 429; 0 for no limit',
  },
  min_request_timeout: {
    type: 'int',
    default: 1_800,
    min: 1,
    group: LIMITS,
    usage: 'seconds that a watch lasts at least when it does not say; it ends at random up to twice that',
  },
  request_timeout: {
    type: 'duration',
    default: 60_000,
    group: LIMITS,
    usage: 'how long a request may take, but for watches and streams',
  },

  kubelet_port: {
    type: 'int',
    default: 10_250,
    min: 1,
    max: 65_535,
    group: KUBELET,
    usage: 'port of kubelets whose node does not say another',
  },
  kubelet_timeout: {
    type: 'duration',
    default: 5_000,
    group: KUBELET,
    usage: 'how long a connection to a kubelet may take to open',
  },
} as const satisfies FlagDefinitions;

export type ApiserverFlagValues = FlagValues<typeof apiserverFlags>;
