// Starts the servers that are compared: each with an etcd of its own (the same build), TLS, token and ABAC authorisation.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from './http-client.mjs';
import { makeCertificate } from './certificate.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const TOKEN = 'bench-token-0123456789abcdef';
const HOST = '127.0.0.1';

/** A server kind: how its command line is made. */
export const KM = {
  name: 'km',
  command: (files, ports) => [
    process.execPath,
    `--require=${join(root, 'bench/lib/gc-probe.cjs')}`,
    process.env.KM_BINARY ?? join(root, 'dist/km'),
    'apiserver',
    `--address=${HOST}`,
    `--port=${ports.insecure}`,
    `--secure_port=${ports.secure}`,
    // Its fixed port would be taken where another API server runs.
    '--read_only_port=0',
    `--public_address_override=${HOST}`,
    `--etcd_servers=http://${HOST}:${ports.etcd}`,
    '--portal_net=10.10.10.0/24',
    `--tls_cert_file=${files.cert}`,
    `--tls_private_key_file=${files.key}`,
    `--token_auth_file=${files.tokens}`,
    '--authorization_mode=ABAC',
    `--authorization_policy_file=${files.policy}`,
  ],
};

export const goServer = (binary) => ({
  name: 'kube-apiserver-1.20',
  command: (files, ports) => [
    binary,
    `--bind-address=${HOST}`,
    `--secure-port=${ports.secure}`,
    '--insecure-port=0',
    `--etcd-servers=http://${HOST}:${ports.etcd}`,
    '--service-cluster-ip-range=10.10.10.0/24',
    `--tls-cert-file=${files.cert}`,
    `--tls-private-key-file=${files.key}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=ABAC',
    `--authorization-policy-file=${files.policy}`,
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://bench.example.com',
    `--service-account-key-file=${files.key}`,
    `--service-account-signing-key-file=${files.key}`,
    `--cert-dir=${files.folder}`,
    // Its own limit would answer 429 to the loads below.
    '--max-requests-inflight=2000',
    '--max-mutating-requests-inflight=2000',
  ],
});

/** A running server with its etcd. `restart*` kill with SIGKILL first. */
export class Server {
  static async start(kind) {
    const server = new Server(kind);
    await server.startEtcd();
    await server.startServer();
    return server;
  }

  constructor(kind) {
    this.kind = kind;
    this.folder = mkdtempSync(join(tmpdir(), 'km-bench-'));
    this.files = writeFiles(this.folder);
  }

  get target() {
    return { host: HOST, port: this.ports.secure, ca: this.files.ca, token: TOKEN };
  }

  get pids() {
    return [this.server.pid, this.etcd.pid];
  }

  async startEtcd() {
    this.ports ??= {
      etcd: await freePort(),
      peer: await freePort(),
      secure: await freePort(),
      insecure: await freePort(),
    };
    const client = `http://${HOST}:${this.ports.etcd}`;
    const peer = `http://${HOST}:${this.ports.peer}`;
    this.etcd = this.#spawn('etcd', [
      'etcd',
      `--data-dir=${join(this.folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--log-level=error',
    ]);
    await until(async () => (await fetch(`${client}/health`)).ok, 30_000, 'etcd');
  }

  /** Seconds from the start of the process to the first ready answer. */
  async startServer() {
    const begin = performance.now();
    this.server = this.#spawn('server', this.kind.command(this.files, this.ports));
    const { server } = this;
    await until(
      async () => {
        const connection = await Connection.open(this.target);
        try {
          if ((await connection.request('GET', '/readyz')).status !== 200) return false;
          return (await connection.request('GET', '/api/v1/namespaces/default')).status === 200;
        } finally {
          connection.close();
        }
      },
      60_000,
      this.kind.name,
      () => (server.exitCode === null ? undefined : readLog(this, 'server')),
    );
    this.startSeconds = (performance.now() - begin) / 1000;
    return this.startSeconds;
  }

  /** Seconds from SIGTERM to the end of the server. */
  async terminate() {
    const begin = performance.now();
    await end(this.server, 'SIGTERM');
    return (performance.now() - begin) / 1000;
  }

  /** The longest collections of garbage of the server that was ended last, ms; undefined where that is not known. */
  get longestCollections() {
    const path = join(this.folder, 'gc.json');
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  }

  /** Bytes that etcd's database uses. */
  async etcdBytes() {
    const text = await (await fetch(`http://${HOST}:${this.ports.etcd}/metrics`)).text();
    const bytes = Number(/^etcd_mvcc_db_total_size_in_use_in_bytes (\S+)$/m.exec(text)?.[1]);
    if (!(bytes > 0)) throw new Error('etcd does not tell the size of its database');
    return bytes;
  }

  async killServer() {
    await end(this.server);
  }

  async killEtcd() {
    await end(this.etcd);
  }

  async stop() {
    await end(this.server);
    await end(this.etcd);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(name, [command, ...args]) {
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    const child = spawn(command, args, { stdio: ['ignore', log, log], cwd: this.folder });
    // Nothing stays behind when the benchmark itself fails.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    return child;
  }
}

function writeFiles(folder) {
  const { cert, key } = makeCertificate(['localhost'], [HOST]);
  const files = {
    folder,
    cert: join(folder, 'server.crt'),
    key: join(folder, 'server.key'),
    tokens: join(folder, 'tokens.csv'),
    policy: join(folder, 'policy.jsonl'),
    ca: cert,
  };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.tokens, `${TOKEN},bench,bench-uid\n`);
  const policy = (spec) =>
    JSON.stringify({ apiVersion: 'abac.authorization.kubernetes.io/v1beta1', kind: 'Policy', spec });
  writeFileSync(
    files.policy,
    [
      policy({ user: 'somebody-else', namespace: 'other', resource: 'pods', apiGroup: '*', readonly: true }),
      policy({ user: 'bench', namespace: '*', resource: '*', apiGroup: '*' }),
      policy({ user: 'bench', nonResourcePath: '*' }),
      '',
    ].join('\n'),
  );
  return files;
}

async function end(child, signal = 'SIGKILL') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolveGone) => child.once('exit', resolveGone));
  child.kill(signal);
  await gone;
}

/** Polls until `probe` says yes; `failure` may say why it never will. */
export async function until(probe, timeoutMs, what, failure = () => undefined) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last;
    try {
      if (await probe()) return;
    } catch (error) {
      last = error;
    }
    const why = failure();
    if (why !== undefined) throw new Error(`${what} has ended:\n${why}`);
    if (performance.now() > deadline)
      throw new Error(`${what} is not ready after ${timeoutMs / 1000} s`, { cause: last });
    await new Promise((resolveLater) => setTimeout(resolveLater, 10));
  }
}

export function freePort() {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address();
      server.close(() => resolvePort(port));
    });
  });
}

export const readLog = (server, name) => readFileSync(join(server.folder, `${name}.log`), 'utf8');
