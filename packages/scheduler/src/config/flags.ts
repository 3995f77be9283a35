import { loggingFlags, type FlagDefinitions, type FlagValues } from '@kubernetes-mesos/component-base';

const inert = 'accepted for compatibility; has no effect';
const NO_PROXY = 'accepted for compatibility; has no effect: executors run no service proxy';

/**
 * 2^62 ns. Mesos adds the timeout to the time of day, in ns, in 64 bits: with more than about 7.4e9 s the framework is
 * removed the moment its scheduler is away.
 */
export const MAX_FAILOVER_SECONDS = 4_611_686_018.427388;

/** Flags of `km scheduler`, under the names of the original; those of later releases are there where they mean something. */
export const schedulerFlags = {
  ...loggingFlags,
  address: {
    type: 'ip',
    default: '127.0.0.1',
    group: 'Server',
    usage: 'IP of the HTTP server; agents fetch the executor from it unless --advertised_address says otherwise',
  },
  port: { type: 'int', default: 10_251, min: 0, max: 65_535, group: 'Server', usage: 'port of the HTTP server' },
  advertised_address: {
    type: 'string',
    default: '',
    group: 'Server',
    usage: 'host:port by which agents reach the HTTP server; default: --address and --port',
  },
  service_address: {
    type: 'ip',
    default: '',
    group: 'Server',
    usage: 'portal IP of the service k8sm-scheduler; default: any',
  },

  api_servers: {
    type: 'list',
    default: [],
    group: 'API',
    usage: 'API servers, host:port or URL (required); also given to executors',
  },
  kubelet_api_servers: {
    type: 'list',
    default: [],
    group: 'API',
    usage: 'API servers for executors; default: --api_servers',
  },
  auth_path: {
    type: 'string',
    default: '',
    group: 'API',
    usage:
      'JSON file with User and Password, or BearerToken, for the API; also served to executors, without protection',
  },
  kubeconfig: { type: 'string', default: '', group: 'API', usage: 'kubeconfig file for the API' },

  etcd_servers: {
    type: 'list',
    default: [],
    group: 'State',
    usage: 'etcd servers, for the framework id and the election; this or --etcd_config is required',
  },
  etcd_config: { type: 'string', default: '', group: 'State', usage: 'JSON file with cluster.machines: etcd servers' },
  framework_store_uri: {
    type: 'string',
    default: 'etcd://',
    group: 'State',
    usage: 'where the framework id is kept',
    check: (value) => (value === 'etcd://' ? undefined : 'only etcd:// is supported'),
  },
  ha: { type: 'bool', default: false, group: 'State', usage: 'several schedulers: one leads, the others stand by' },

  mesos_master: {
    type: 'string',
    default: 'localhost:5050',
    group: 'Mesos',
    usage: 'host:port[,host:port...], or zk://[user:password@]host:port[,host:port...]/path',
  },
  mesos_user: {
    type: 'string',
    default: 'root',
    group: 'Mesos',
    usage: 'OS user of executors; empty: the current one',
  },
  mesos_role: {
    type: 'string',
    default: '',
    group: 'Mesos',
    usage: 'role of the framework; pods use what is reserved to it first, then what nobody reserved',
  },
  mesos_framework_roles: {
    type: 'list',
    default: [],
    group: 'Mesos',
    usage: 'roles whose resources may be used: * and at most one other; default: *, and --mesos_role if given',
  },
  mesos_default_pod_roles: {
    type: 'list',
    default: [],
    group: 'Mesos',
    usage: 'roles, in order, for pods without the annotation k8s.mesosphere.io/roles; default: all framework roles',
  },
  mesos_authentication_principal: { type: 'string', default: '', group: 'Mesos', usage: 'principal of the framework' },
  mesos_authentication_secret_file: {
    type: 'string',
    default: '',
    group: 'Mesos',
    usage: 'file with the secret of the principal, taken as it is',
  },
  mesos_authentication_provider: { type: 'string', default: 'SASL', group: 'Compatibility', usage: inert },
  checkpoint: {
    type: 'bool',
    default: true,
    group: 'Mesos',
    usage: 'let executors outlive a restart of their agent; fixed at the first registration',
  },
  failover_timeout: {
    type: 'float',
    default: MAX_FAILOVER_SECONDS,
    group: 'Mesos',
    usage: 'seconds for which Mesos keeps the pods running without a scheduler; 0 ends them with it',
  },
  framework_name: { type: 'string', default: 'Kubernetes', group: 'Mesos', usage: 'name of the framework' },
  framework_weburi: { type: 'string', default: '', group: 'Mesos', usage: 'address that the Mesos UI links to' },
  hostname_override: { type: 'string', default: '', group: 'Mesos', usage: 'host name shown for the scheduler' },
  driver_port: { type: 'int', default: 0, min: 0, max: 65_535, group: 'Compatibility', usage: inert },
  reconcile_interval: {
    type: 'int',
    default: 300,
    min: 0,
    group: 'Mesos',
    usage: 'seconds between implicit reconciliations; 0 turns them off',
  },
  reconcile_cooldown: {
    type: 'duration',
    default: 15_000,
    group: 'Mesos',
    usage: 'least pause between two reconciliations on request; at least 15s',
  },
  mesos_generate_task_discovery: {
    type: 'bool',
    default: false,
    group: 'Mesos',
    usage: 'fill the discovery information of tasks',
  },
  mesos_protocol: {
    type: 'string',
    default: 'protobuf',
    group: 'Mesos',
    usage: 'encoding on the wire: protobuf, or json for reading along',
    check: (value) => (value === 'protobuf' || value === 'json' ? undefined : 'must be protobuf or json'),
  },

  scheduler_config: {
    type: 'string',
    default: '',
    group: 'Scheduling',
    usage: 'ini file with low-level settings, section [scheduler]',
  },
  default_container_cpu_limit: {
    type: 'float',
    default: 0.25,
    group: 'Scheduling',
    usage: 'CPUs charged for a container that asks for none',
  },
  default_container_mem_limit: {
    type: 'float',
    default: 64,
    group: 'Scheduling',
    usage: 'MB of memory charged for a container that asks for none',
  },
  host_port_endpoints: {
    type: 'bool',
    default: true,
    group: 'Scheduling',
    usage: 'give every container port a host port; false: only to those that ask for one',
  },

  km_path: {
    type: 'string',
    default: '',
    group: 'Executor',
    usage: 'km for executors: a file, which is served, or a URI; default: this km',
  },
  executor_bindall: { type: 'bool', default: false, group: 'Executor', usage: 'let executors listen on 0.0.0.0' },
  executor_logv: { type: 'int', default: 0, min: 0, group: 'Executor', usage: 'log level of executors' },
  executor_suicide_timeout: {
    type: 'duration',
    default: 20 * 60_000,
    group: 'Executor',
    usage: 'an executor ends after this long without pods; 0 never does',
  },
  minion_path_override: {
    type: 'string',
    default: '',
    group: 'Executor',
    usage: 'PATH of executors; default: that of the agent',
  },
  mesos_executor_cpus: { type: 'float', default: 0.25, group: 'Executor', usage: 'CPUs charged for an executor' },
  mesos_executor_mem: { type: 'float', default: 128, group: 'Executor', usage: 'MB of memory charged for an executor' },
  mesos_launch_grace_period: {
    type: 'duration',
    default: 5 * 60_000,
    group: 'Executor',
    usage: 'a pod that does not run after this long is lost; 0 waits for ever',
  },
  dockercfg_path: {
    type: 'string',
    default: '',
    group: 'Executor',
    usage: 'registry credentials, served to executors without protection',
  },

  allow_privileged: {
    type: 'bool',
    default: false,
    group: 'Containers',
    usage: 'let containers ask for privileged mode',
  },
  cluster_dns: { type: 'ip', default: '', group: 'Containers', usage: 'DNS server for pods' },
  cluster_domain: { type: 'string', default: '', group: 'Containers', usage: 'DNS domain of the cluster' },
  container_runtime: {
    type: 'string',
    default: 'docker',
    group: 'Containers',
    usage: 'what runs containers: docker, or process (programs of the agent host)',
    check: (value) => (value === 'docker' || value === 'process' ? undefined : 'must be docker or process'),
  },
  image_map: {
    type: 'string',
    default: '',
    group: 'Containers',
    usage: 'JSON file on the agents that says what the process runtime runs for an image',
  },
  kubelet_root_dir: {
    type: 'string',
    default: '',
    group: 'Containers',
    usage: 'directory of volumes and container files; default: the Mesos sandbox',
  },
  kubelet_docker_endpoint: { type: 'string', default: '', group: 'Containers', usage: 'Docker daemon of the agents' },
  kubelet_pod_infra_container_image: {
    type: 'string',
    default: '',
    group: 'Containers',
    usage: "image of the container that holds a pod's network",
  },
  kubelet_host_network_sources: {
    type: 'string',
    default: '',
    group: 'Containers',
    usage: 'where pods with host networking may come from; must hold api or * for pods of the API',
  },
  kubelet_sync_frequency: {
    type: 'duration',
    default: 10_000,
    group: 'Containers',
    usage: 'how often an executor looks at a pod when nothing seems to have happened',
  },
  kubelet_container_log_max_size: {
    type: 'string',
    default: '',
    aliases: ['container_log_max_size'],
    group: 'Containers',
    usage: "size at which an executor puts a container's log file aside; default: 10Mi",
  },
  kubelet_container_log_max_files: {
    type: 'int',
    default: 0,
    min: 0,
    aliases: ['container_log_max_files'],
    group: 'Containers',
    usage: "files that an executor keeps of each container's log; default: 5",
  },
  kubelet_enable_debugging_handlers: {
    type: 'bool',
    default: true,
    group: 'Containers',
    usage: 'serve logs, exec, attach, run and port forwarding',
  },
  executor_run_proxy: {
    type: 'bool',
    default: false,
    aliases: ['run_proxy'],
    group: 'Compatibility',
    usage: NO_PROXY,
  },
  executor_proxy_bindall: {
    type: 'bool',
    default: false,
    aliases: ['proxy_bindall'],
    group: 'Compatibility',
    usage: NO_PROXY,
  },
  proxy_logv: { type: 'int', default: 0, min: 0, group: 'Compatibility', usage: NO_PROXY },
  kubelet_cadvisor_port: { type: 'int', default: 4194, group: 'Compatibility', usage: inert },
  kubelet_network_plugin: { type: 'string', default: '', group: 'Compatibility', usage: inert },
  profiling: { type: 'bool', default: false, group: 'Compatibility', usage: inert },
  graceful: { type: 'bool', default: false, group: 'Compatibility', usage: inert, hidden: true },
} as const satisfies FlagDefinitions;

export type SchedulerFlagValues = FlagValues<typeof schedulerFlags>;
