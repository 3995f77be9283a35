// What the local cluster consists of, as data: from the environment to addresses, folders and command lines.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Reads the environment once; every default of the local cluster stands here. */
export function readSettings(env = process.env) {
  const state = resolve(env.KM_CLUSTER_DIR ?? join(root, '.cluster'));
  const host = env.KM_HOST ?? '127.0.0.1';
  const ports = {
    etcd: Number(env.KM_ETCD_PORT ?? 4001),
    mesosMaster: Number(env.KM_MESOS_PORT ?? 5050),
    mesosAgent: Number(env.KM_AGENT_PORT ?? 5051),
    apiserver: Number(env.KM_PORT ?? 8888),
    apiserverSecure: Number(env.KM_SECURE_PORT ?? 6443),
    controllerManager: Number(env.KM_CONTROLLER_PORT ?? 10252),
    scheduler: Number(env.KM_SCHEDULER_PORT ?? 10251),
  };
  const runtime = env.RUNTIME ?? 'process';
  if (runtime !== 'process' && runtime !== 'docker')
    throw new Error(`RUNTIME=${runtime} is not known: use process or docker`);
  return {
    root,
    state,
    logs: join(state, 'logs'),
    run: join(state, 'run'),
    data: join(state, 'data'),
    km: join(root, 'dist/km'),
    host,
    ports,
    runtime,
    portalNet: env.PORTAL_NET ?? '10.10.10.0/24',
    /** Real parts in the place of the embedded ones. */
    etcdServers: env.ETCD_SERVERS ?? '',
    mesosMaster: env.MESOS_MASTER ?? '',
    agents: Number(env.NUM_NODES ?? env.NUM_MINIONS ?? 2),
    verbosity: Number(env.KM_V ?? 0),
    examples:
      env.KM_EXAMPLES === 'none'
        ? []
        : ['pod-nginx.json', 'controller-nginx.json'].map((name) => join(root, 'examples', name)),
  };
}

/** URL of the API server. */
export function apiServerUrl(settings) {
  return `http://${settings.host}:${settings.ports.apiserver}`;
}

/**
 * The processes of the cluster, in the order in which they start. Each: `name`, `argv` of km, the `listens` that must be
 * free, and the URL that answers 200 when it is `ready`.
 */
export function plannedProcesses(settings) {
  const { host, ports, data } = settings;
  const etcdServers = settings.etcdServers || `http://${host}:${ports.etcd}`;
  const mesosMaster = settings.mesosMaster || `${host}:${ports.mesosMaster}`;
  const api = `${host}:${ports.apiserver}`;
  const v = `--v=${settings.verbosity}`;
  const processes = [];
  if (settings.etcdServers === '') {
    processes.push({
      name: 'etcd',
      title: 'etcd (embedded)',
      argv: ['etcd', `--listen_client_urls=${etcdServers}`, `--data_dir=${join(data, 'etcd')}`, v],
      listens: [{ host, port: ports.etcd, variable: 'KM_ETCD_PORT' }],
      ready: `${etcdServers}/health`,
    });
  }
  if (settings.mesosMaster === '') {
    processes.push({
      name: 'mesos-master',
      title: 'Mesos master (embedded)',
      argv: [
        'mesos-master',
        `--ip=${host}`,
        `--port=${ports.mesosMaster}`,
        `--work_dir=${join(data, 'mesos-master')}`,
        v,
      ],
      listens: [{ host, port: ports.mesosMaster, variable: 'KM_MESOS_PORT' }],
      ready: `http://${mesosMaster}/health`,
    });
    // On Linux all of 127/8 is loopback: agents with an address each can all offer the same host ports. Elsewhere ports differ.
    const ownAddresses = host.startsWith('127.') && process.platform === 'linux';
    for (let number = 1; number <= settings.agents; number += 1) {
      const ip = ownAddresses ? host.replace(/\d+$/, (last) => String(Number(last) + number - 1)) : host;
      const port = ports.mesosAgent + (ownAddresses ? 0 : number - 1);
      const first = 31_000 + (ownAddresses ? 0 : (number - 1) * 1_000);
      processes.push({
        name: `mesos-agent-${number}`,
        title: `Mesos agent ${number} (embedded)`,
        argv: [
          'mesos-agent',
          `--ip=${ip}`,
          `--port=${port}`,
          `--hostname=agent-${number}`,
          `--master=${mesosMaster}`,
          `--work_dir=${join(data, `mesos-agent-${number}`)}`,
          `--resources=cpus:4;mem:4096;disk:10240;ports:[${first}-${first + 999}]`,
          v,
        ],
        listens: [{ host: ip, port, variable: 'KM_AGENT_PORT' }],
        ready: `http://${ip}:${port}/health`,
      });
    }
  }
  processes.push(
    {
      name: 'apiserver',
      title: 'API server',
      argv: [
        'apiserver',
        `--address=${host}`,
        `--port=${ports.apiserver}`,
        `--secure_port=${ports.apiserverSecure}`,
        `--public_address_override=${host}`,
        `--cert_dir=${join(data, 'apiserver')}`,
        `--mesos_master=${mesosMaster}`,
        `--etcd_servers=${etcdServers}`,
        `--portal_net=${settings.portalNet}`,
        v,
      ],
      listens: [
        { host, port: ports.apiserver, variable: 'KM_PORT' },
        { host, port: ports.apiserverSecure, variable: 'KM_SECURE_PORT' },
      ],
      ready: `http://${api}/readyz`,
    },
    {
      name: 'controller-manager',
      title: 'controller manager',
      argv: [
        'controller-manager',
        `--master=${api}`,
        `--mesos_master=${mesosMaster}`,
        `--address=${host}`,
        `--port=${ports.controllerManager}`,
        v,
      ],
      listens: [{ host, port: ports.controllerManager, variable: 'KM_CONTROLLER_PORT' }],
      ready: `http://${host}:${ports.controllerManager}/healthz`,
    },
    {
      name: 'scheduler',
      title: 'scheduler',
      argv: [
        'scheduler',
        `--address=${host}`,
        `--port=${ports.scheduler}`,
        `--mesos_master=${mesosMaster}`,
        `--etcd_servers=${etcdServers}`,
        `--mesos_user=${process.getuid?.() === 0 ? 'root' : (process.env.USER ?? 'nobody')}`,
        `--api_servers=${api}`,
        `--container_runtime=${settings.runtime}`,
        v,
      ],
      listens: [{ host, port: ports.scheduler, variable: 'KM_SCHEDULER_PORT' }],
      ready: `http://${host}:${ports.scheduler}/healthz`,
    },
  );
  return processes;
}

/** Whether the bundle is there. */
export function isBuilt(settings) {
  return existsSync(settings.km);
}
