/**
 * Plays what clients of release 0.14 sent, against this server over a store: its answers must be those recorded from the
 * real one. Skipped where there are no recordings (`KM_GOLDENS`, or `../shared/goldens` beside the repository).
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock, type Logger } from '@kubernetes-mesos/component-base';
import { createSchemaRegistry } from '@kubernetes-mesos/api-types';
import { createStorage } from '@kubernetes-mesos/storage';
import { startEmbeddedEtcd, startProcess, withTempDir } from '@kubernetes-mesos/test-support';
import { alwaysAllow } from '../../src/authorization/authorizer';
import { parseIpRange } from '../../src/registry/ip-range';
import { schemaEncoder, startApiServer } from '../../src';

const GOLDENS = process.env['KM_GOLDENS'] ?? path.resolve(__dirname, '../../../../../shared/goldens');
const SUITES = ['convert-v0.14.1', 'v1beta1', 'v1beta2', 'v1beta3'];

/** Where this server is another: it has a further namespace, its services are those of v1, and it serves later versions. */
const DIFFERENT = [
  'convert-v0.14.1/namespace--from-v1beta1/005-list-v1beta2',
  'convert-v0.14.1/service--from-v1beta1/005-list-v1beta2',
  'convert-v0.14.1/service--from-v1beta2/004-list-v1beta3',
  'v1beta1/pods--methods/013-unknown-version',
  'v1beta1/services--addresses/012-kubernetes-service',
  'v1beta1/services--addresses/013-kubernetes-ro-service',
  'v1beta1/services--addresses/014-kubernetes-endpoints',
  'v1beta3/services--addresses/012-kubernetes-service',
  'v1beta3/services--addresses/013-kubernetes-ro-service',
  'v1beta3/services--addresses/014-kubernetes-endpoints',
];

const ignore = (): void => undefined;
const logger: Logger = {
  isDebugEnabled: false,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => logger,
};

const testGoldens = existsSync(GOLDENS) ? test : test.skip;

testGoldens(
  'every recorded request gets the recorded answer',
  async () => {
    const etcd = await startEmbeddedEtcd();
    const storage = await createStorage({
      endpoints: [etcd.endpoint],
      logger,
      encoder: schemaEncoder(createSchemaRegistry()),
    });
    const server = await startApiServer({
      storage,
      logger,
      clock: systemClock,
      insecure: { address: '127.0.0.1', port: 0 },
      readOnly: { address: '127.0.0.1', port: 0, rate: 10, burst: 200 },
      authorizer: alwaysAllow,
      admissionControl: ['AlwaysAdmit'],
      serviceAddresses: parseIpRange('10.10.10.0/24', 'portal_net'),
      nodePorts: { first: 30_000, last: 32_767 },
      masterServiceNamespace: 'default',
      serverCount: 1,
      advertiseAddress: '192.0.2.1',
      externalHostname: '',
      allowPrivileged: false,
      eventTtlMs: 3_600_000,
      corsAllowedOrigins: [],
      maxRequestsInFlight: 400,
      minRequestTimeoutMs: 1_800_000,
      requestTimeoutMs: 60_000,
      kubelet: { defaultPort: 10_250, connectTimeoutMs: 5_000 },
      components: [],
    });
    try {
      await server.ready();
      const failures = await replay(`http://127.0.0.1:${server.insecurePort ?? 0}`);
      expect(failures.filter(({ name }) => !DIFFERENT.includes(name))).toEqual([]);
    } finally {
      await server.close();
      await storage.close();
      await etcd.stop();
    }
  },
  300_000,
);

interface Failure {
  readonly name: string;
  readonly diffs: readonly string[];
}

async function replay(url: string): Promise<Failure[]> {
  return withTempDir(async (dir) => {
    const report = path.join(dir, 'report.json');
    const program = path.join(GOLDENS, 'replay.mjs');
    const args = [program, '--server', url, '--suite', SUITES.join(','), '--strict', '--json', report];
    const player = await startProcess(process.execPath, args);
    await player.exited;
    const { report: cases } = JSON.parse(readFileSync(report, 'utf8')) as {
      report: { case: string; result: string; diffs: string[] }[];
    };
    expect(cases.length).toBeGreaterThan(1000);
    return cases.filter(({ result }) => result === 'fail').map((one) => ({ name: one.case, diffs: one.diffs }));
  });
}
