import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Which of the kubectls that `make test` fetches; `undefined` where it is absent. */
export function kubectlPath(version: '1.20' | '1.35'): string | undefined {
  const path = process.env[`KM_TEST_KUBECTL_${version.replace('.', '_')}`];
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** The bundle that `make` builds; tests of whole processes need it. */
export const KM_BUNDLE = join(ROOT, 'dist/km');

/**
 * A whole cluster of real processes, started as a user starts it (`cluster/kube-up.sh`), on a loopback address of its own
 * so that several can run at once.
 */
export class LocalCluster {
  readonly host: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(options: { readonly env?: Readonly<Record<string, string>> } = {}) {
    this.host = `127.${randomOctet()}.${randomOctet()}.1`;
    this.folder = mkdtempSync(join(tmpdir(), 'km-cluster-'));
    this.env = {
      ...process.env,
      KM_HOST: this.host,
      KM_CLUSTER_DIR: join(this.folder, 'state'),
      KUBECONFIG: join(this.folder, 'kubeconfig'),
      HOME: this.folder,
      KUBERNETES_PROVIDER: 'local',
      ...options.env,
    };
  }

  get server(): string {
    return `http://${this.host}:8888`;
  }

  /** Starts what is not running. @throws Error with the script's output and the ends of the logs */
  async up(): Promise<string> {
    const { exitCode, stdout, stderr } = await run(join(ROOT, 'cluster/kube-up.sh'), [], this.env, 180_000);
    if (exitCode !== 0) throw new Error(`kube-up failed:\n${stdout}${stderr}`);
    return stdout;
  }

  async down(): Promise<void> {
    await run(join(ROOT, 'cluster/kube-down.sh'), [], this.env, 60_000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Pid of a process by its name in the cluster: `apiserver`, `mesos-agent-1`, ... */
  pid(name: string): number {
    const record: unknown = JSON.parse(readFileSync(join(this.folder, 'state/run', `${name}.json`), 'utf8'));
    if (typeof record === 'object' && record !== null && 'pid' in record && typeof record.pid === 'number')
      return record.pid;
    throw new Error(`no pid recorded for ${name}`);
  }

  log(name: string): string {
    return readFileSync(join(this.folder, 'state/logs', `${name}.log`), 'utf8');
  }

  kubectl(
    version: '1.20' | '1.35',
    args: readonly string[],
    options: { stdin?: string; cwd?: string; env?: Readonly<Record<string, string>> } = {},
  ): Promise<CommandResult> {
    const path = kubectlPath(version);
    if (path === undefined) throw new Error(`kubectl ${version} is absent`);
    return run(path, ['--server', this.server, ...args], { ...this.env, ...options.env }, 120_000, options);
  }

  /** GET of a path on the API server, as JSON. */
  async get(path: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.server}${path}`);
    return (await response.json()) as Record<string, unknown>;
  }
}

/** Runs a program to its end; a program that takes too long is killed and answers exit code -1. */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  options: { stdin?: string; cwd?: string } = {},
): Promise<CommandResult> {
  return new Promise((resolvePromise, reject) => {
    const child = spawn(program, args, { env, cwd: options.cwd ?? ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolvePromise({ exitCode: code ?? -1, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

function randomOctet(): number {
  return 1 + Math.floor(Math.random() * 250);
}
