import { createLogger, silentLogger, systemClock } from '@kubernetes-mesos/component-base';
import { createSchemaRegistry } from '@kubernetes-mesos/api-types';
import { createStorage } from '@kubernetes-mesos/storage';
import { startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { DEFAULT_PLUGINS } from '../../src/admission/plugins';
import { alwaysAllow } from '../../src/authorization/authorizer';
import { builtInExtensions } from '../../src/extensions';
import { parseIpRange } from '../../src/registry/ip-range';
import { schemaEncoder } from '../../src/role';
import { startApiServer, type ApiServerOptions } from '../../src/server';

/** An API server in this process, over a real etcd. */
export interface TestServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly securePort: number | undefined;
  readonly etcd: EtcdFixture;
  /** JSON in, JSON out. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Answers are looked into freely in tests.
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- see above
  readonly text: string;
}

/** @param shared the etcd of another server, which stops it; else one of its own */
export async function startTestServer(
  change: Partial<ApiServerOptions> = {},
  historyLimit = 8_192,
  shared?: EtcdFixture,
): Promise<TestServer> {
  const etcd = shared ?? (await startEtcd());
  const storage = await createStorage({
    endpoints: [etcd.endpoint],
    logger: silentLogger,
    encoder: schemaEncoder(createSchemaRegistry()),
    historyLimit,
  });
  const server = await startApiServer({
    storage,
    logger: process.env['DEBUG_SERVER'] === undefined ? silentLogger : createLogger({ component: 'apiserver' }),
    clock: systemClock,
    insecure: { address: '127.0.0.1', port: 0 },
    authorizer: alwaysAllow,
    admissionControl: DEFAULT_PLUGINS,
    serviceAddresses: parseIpRange('10.10.10.0/24', 'portal_net'),
    nodePorts: { first: 30_000, last: 30_009 },
    masterServiceNamespace: 'default',
    serverCount: 1,
    advertiseAddress: '127.0.0.1',
    externalHostname: '',
    allowPrivileged: false,
    eventTtlMs: 3_600_000,
    corsAllowedOrigins: [],
    maxRequestsInFlight: { reading: 400, mutating: 200 },
    minRequestTimeoutMs: 1_800_000,
    requestTimeoutMs: 60_000,
    kubelet: { defaultPort: 10_250, connectTimeoutMs: 1_000 },
    components: [],
    extensions: builtInExtensions(),
    ...change,
  });
  await server.ready();
  const url = `http://127.0.0.1:${server.insecurePort ?? 0}`;
  return {
    url,
    securePort: server.securePort,
    etcd,
    async call(method, path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        parsed = undefined;
      }
      return { status: response.status, headers: response.headers, body: parsed, text };
    },
    async stop() {
      await server.close();
      await storage.close();
      if (shared === undefined) await etcd.stop();
    },
  };
}
