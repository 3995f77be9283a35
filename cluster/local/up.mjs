// Starts the local cluster: every role a process of its own, on embedded etcd and Mesos or on those that the environment
// names; then runs the examples and says where they answer. Running it again starts what is missing.
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { apiServerUrl, isBuilt, plannedProcesses, readSettings } from './lib/settings.mjs';
import { kubeconfigPath, mergeKubeconfig } from './lib/kubeconfig.mjs';
import { portHolder } from './lib/ports.mjs';
import { isAlive, runningProcess, startProcess, stopProcess } from './lib/processes.mjs';
import { fail, step, StepError, waitFor } from './lib/progress.mjs';

const READY_TIMEOUT_MS = 60_000;
const PODS_TIMEOUT_MS = 120_000;

const begin = performance.now();
try {
  await up(readSettings());
} catch (error) {
  fail(error);
}

async function up(settings) {
  if (!isBuilt(settings)) throw new StepError(`${settings.km} is missing`, ['build it first: make']);
  const processes = plannedProcesses(settings);
  const missing = processes.filter(({ name }) => runningProcess(settings, name) === undefined);
  const changed = processes.filter((planned) => {
    const running = runningProcess(settings, planned.name);
    return running !== undefined && running.argv.join('\0') !== planned.argv.join('\0');
  });
  if (changed.length > 0) {
    throw new StepError(
      `the running cluster was started with other settings (${changed.map(({ name }) => name).join(', ')})`,
      ['stop it first: make down'],
    );
  }

  console.log(`Kubernetes on Mesos, local cluster in ${settings.state}`);
  if (missing.length > 0) await step('ports are free', () => checkPorts(missing));
  // All at once: each role waits for what it needs.
  const started = new Map(missing.map((planned) => [planned.name, startProcess(settings, planned)]));
  try {
    for (const planned of processes) {
      await step(planned.title, async () => {
        await waitReady(settings, planned);
        return started.has(planned.name) ? planned.ready.replace(/\/[a-z]+$/, '') : 'already running';
      });
    }
  } catch (error) {
    for (const name of started.keys()) await stopProcess(settings, name);
    throw error;
  }

  const server = apiServerUrl(settings);
  const kubeconfig = kubeconfigPath();
  await step('kubeconfig', () => {
    mergeKubeconfig(kubeconfig, 'kubernetes-mesos', server);
    return kubeconfig;
  });
  for (const example of settings.examples)
    await step(`create ${example.slice(settings.root.length + 1)}`, () => create(server, example));
  const pods = settings.examples.length === 0 ? [] : await waitForPods(server);
  report(settings, server, pods);
}

async function checkPorts(processes) {
  for (const { title, listens } of processes) {
    for (const { host, port, variable } of listens) {
      const holder = await portHolder(host, port);
      if (holder === undefined) continue;
      throw new StepError(`port ${port} on ${host}, wanted by the ${title}, is taken by ${holder}`, [
        `stop that process, or choose another port: ${variable}=${port + 1} make up`,
      ]);
    }
  }
}

async function waitReady(settings, { name, title, ready }) {
  const log = join(settings.logs, `${name}.log`);
  let died = false;
  const answered = await waitFor(async () => {
    const record = runningProcess(settings, name);
    died = record === undefined || !isAlive(record.pid);
    if (died) return true;
    try {
      return (await fetch(ready, { signal: AbortSignal.timeout(2_000) })).ok;
    } catch {
      return false;
    }
  }, READY_TIMEOUT_MS);
  if (died) throw new StepError(`the ${title} ended: ${lastLine(log)}`, [`its log: ${log}`]);
  if (!answered)
    throw new StepError(`the ${title} is not ready after ${READY_TIMEOUT_MS / 1000} s: ${lastLine(log)}`, [
      `asked: ${ready}`,
      `its log: ${log}`,
    ]);
}

/** POSTs a manifest as the user's document does with curl; one that is there already is fine. */
async function create(server, file) {
  const body = readFileSync(file, 'utf8');
  const { kind } = JSON.parse(body);
  const resource = { Pod: 'pods', ReplicationController: 'replicationControllers', Service: 'services' }[kind];
  const response = await fetch(`${server}/api/v1beta1/${resource}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  if (response.status === 409) return 'exists';
  if (!response.ok) throw new StepError(`the API server refused ${file}: ${(await response.json()).message}`);
  return undefined;
}

async function waitForPods(server) {
  let pods = [];
  await step('pods run', async () => {
    const wanted = 3;
    const running = await waitFor(
      async () => {
        pods = (await (await fetch(`${server}/api/v1/namespaces/default/pods`)).json()).items;
        return pods.length >= wanted && pods.every(isReady);
      },
      PODS_TIMEOUT_MS,
      100,
    );
    if (running) return `${pods.length} pods`;
    const waiting = pods.filter((pod) => !isReady(pod)).map((pod) => pod.metadata.name);
    throw new StepError(
      `pods do not run after ${PODS_TIMEOUT_MS / 1000} s: ${waiting.join(', ') || 'none were made'}`,
      [`ask why: cluster/kubectl.sh describe pods ${waiting[0] ?? ''}`],
    );
  });
  return pods;
}

function isReady(pod) {
  return (
    pod.status.phase === 'Running' &&
    (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
  );
}

function report(settings, server, pods) {
  console.log(`\nThe cluster is up after ${((performance.now() - begin) / 1000).toFixed(1)} s.\n`);
  const kubectl = join(settings.root, 'cluster/kubectl.sh');
  try {
    const table = execFileSync(kubectl, ['--server', server, 'get', 'pods', '-o', 'wide'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    console.log(`$ kubectl get pods -o wide\n${table}`);
  } catch (error) {
    console.log(`(no kubectl: ${String(error.stderr || error.message).trim()})\n`);
  }
  for (const pod of pods) {
    for (const address of webAddresses(pod)) console.log(`  ${pod.metadata.name.padEnd(24)} ${address}`);
  }
  console.log(`\n  API server   ${server}        export KUBERNETES_MASTER=${server}`);
  console.log(`  kubectl      cluster/kubectl.sh get pods`);
  console.log(`  logs         ${settings.logs}`);
  console.log('  stop         make down');
  if (settings.runtime === 'process' && dockerAnswers())
    console.log('\n  Docker answers here: RUNTIME=docker make up runs pods in real containers.');
}

function webAddresses(pod) {
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []).filter((port) => port.hostPort > 0);
  return ports.map((port) => `http://${pod.status.hostIP}:${port.hostPort}/`);
}

function dockerAnswers() {
  try {
    execFileSync('docker', ['info', '--format', '{{.ServerVersion}}'], { stdio: 'ignore', timeout: 2_000 });
    return true;
  } catch {
    return false;
  }
}

function lastLine(file) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1);
  } catch {
    return 'no log was written';
  }
}
