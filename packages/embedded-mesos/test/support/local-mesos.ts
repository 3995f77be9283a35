import { join } from 'node:path';
import {
  createTempDir,
  eventually,
  freePort,
  startProcess,
  type TempDir,
  type TestProcess,
} from '@kubernetes-mesos/test-support';
import { program } from './program';

/** A master and an agent as processes of their own, to be killed and started again on the same folders and ports. */
export class LocalMesos {
  readonly master: string;
  readonly agentPort: number;
  readonly folder: TempDir;
  masterProcess: TestProcess | undefined;
  agentProcess: TestProcess | undefined;

  private constructor(folder: TempDir, masterPort: number, agentPort: number) {
    this.folder = folder;
    this.master = `127.0.0.1:${masterPort}`;
    this.agentPort = agentPort;
  }

  static async start(): Promise<LocalMesos> {
    const mesos = new LocalMesos(await createTempDir(), await freePort(), await freePort());
    await mesos.startMaster();
    await mesos.startAgent();
    return mesos;
  }

  get agentFolder(): string {
    return join(this.folder.path, 'agent');
  }

  async startMaster(): Promise<void> {
    this.masterProcess = await startProcess(process.execPath, [
      program(),
      'mesos-master',
      '--ip=127.0.0.1',
      `--port=${this.master.split(':')[1] ?? ''}`,
      `--work_dir=${join(this.folder.path, 'master')}`,
    ]);
    await eventually(async () => (await fetch(`http://${this.master}/health`)).ok);
  }

  async startAgent(): Promise<void> {
    this.agentProcess = await startProcess(process.execPath, [
      program(),
      'mesos-agent',
      '--ip=127.0.0.2',
      `--port=${this.agentPort}`,
      '--hostname=agent-2',
      `--master=${this.master}`,
      `--work_dir=${this.agentFolder}`,
      '--resources=cpus:8;mem:4096;disk:10000;ports:[31000-32000]',
      '--attributes=rack:r1',
      '--executor_shutdown_grace_period=1secs',
    ]);
    await eventually(async () => (await fetch(`http://127.0.0.2:${this.agentPort}/health`)).ok);
  }

  /** The agent leaves, with every executor. */
  async stop(): Promise<void> {
    if (this.agentProcess !== undefined) {
      await this.agentProcess.kill('SIGKILL');
      // Starting it once more takes up what still runs, so that it can be killed.
      await this.startAgent();
      await eventually(async () => {
        const response = await fetch(`http://127.0.0.2:${this.agentPort}/metrics/snapshot`);
        const metrics = (await response.json()) as Record<string, number>;
        return metrics['slave/registered'] === 1;
      }).catch(() => undefined);
      await this.agentProcess.kill('SIGUSR1');
    }
    await this.masterProcess?.kill('SIGKILL');
    await this.folder.dispose();
  }
}
