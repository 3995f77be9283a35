import { Agent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { silentLogger, type LogFields, type Logger } from '@kubernetes-mesos/component-base';
import { startTestServer, type TestServer } from '../support/server';
import { endpointsOf, type Endpoint } from './endpoints';
import { fuzzRequest } from './requests';
import { seedObject } from './seed-objects';
import { send } from './send';

/** Requests of one run; KM_FUZZ_RUNS for more by hand. */
const RUNS = Number(process.env['KM_FUZZ_RUNS'] ?? 1_500);
/** Requests under way at a time. */
const TOGETHER = 5;
/** MiB that the heap may have grown by when all is done and collected. */
const HEAP_GROWTH_MB = 96;

/** Answers that are documented though they are the server's: not implemented, the store or a kubelet is away, too late. */
const DOCUMENTED = new Set([501, 502, 503, 504]);

/** Remembers what the server calls unexpected. */
class UnexpectedFailures {
  readonly found: LogFields[] = [];
  readonly logger: Logger = {
    ...silentLogger,
    error: (message, fields) => this.found.push({ message, ...fields }),
    child: () => this.logger,
  };
}

describe('every endpoint', () => {
  const failures = new UnexpectedFailures();
  let server: TestServer;
  const agent = new Agent({ keepAlive: true, maxSockets: TOGETHER });

  beforeAll(async () => {
    server = await startTestServer({
      logger: failures.logger,
      logDir: __dirname,
      nodePorts: { first: 30_000, last: 32_767 },
    });
    await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
  });
  afterAll(async () => {
    agent.destroy();
    await server.stop();
  });

  /** One object of each kind, so that there is something to change; creations are honest, and must succeed. */
  async function createSeeds(endpoints: readonly Endpoint[]): Promise<void> {
    const refused: string[] = [];
    for (const { template, kind, apiVersion, methods } of endpoints) {
      if (!methods.includes('POST') || /\{name\}|v1beta\d/.test(template) || kind === 'Binding') continue;
      const path = template.replace('{namespace}', 'default');
      const { status, text } = await server.call('POST', path, seedObject(kind, apiVersion));
      if (![200, 201, 409].includes(status)) refused.push(`${path} ${text}`);
    }
    expect(refused).toEqual([]);
  }

  test('answers whatever it is asked, and goes on', async () => {
    const endpoints = await endpointsOf(server);
    expect(endpoints.length).toBeGreaterThan(200);
    await createSeeds(endpoints);
    const port = Number(new URL(server.url).port);
    const before = usedHeapMb();
    const statuses = new Map<number, number>();
    const wrong = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fuzzRequest(endpoints), { minLength: TOGETHER, maxLength: TOGETHER }),
        async (requests) => {
          const answers = await Promise.all(requests.map((each) => send(port, agent, each)));
          for (const [index, { status, text }] of answers.entries()) {
            const { method = '', path = '', headers, body } = requests[index] ?? {};
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            if (status < 500 || DOCUMENTED.has(status) || isPlain(path, text)) continue;
            const asked = `${method} ${path} ${JSON.stringify(headers)} ${String(body ?? '').slice(0, 1_500)}`;
            wrong.set(`${status} ${text.slice(0, 300)}`, asked);
          }
        },
      ),
      { numRuns: Math.ceil(RUNS / TOGETHER), endOnFailure: true },
    );
    expect({ wrong: Object.fromEntries(wrong), unexpected: failures.found }).toEqual({ wrong: {}, unexpected: [] });
    expect((await server.call('GET', '/api/v1/pods')).status).toBe(200);
    expect(Object.prototype).not.toHaveProperty('x');
    expect(Object.prototype).not.toHaveProperty('polluted');
    if (process.env['KM_FUZZ_RUNS'] !== undefined) process.stderr.write(`${JSON.stringify([...statuses])}\n`);
    expect(usedHeapMb() - before).toBeLessThan(HEAP_GROWTH_MB);
    // Honest requests are among them.
    for (const status of [200, 201, 404, 409, 422]) expect(statuses.get(status) ?? 0).toBeGreaterThan(0);
  }, 600_000);
});

/**
 * A 500 that is a bare text, as upstream has it: of release 0.14 where today's servers blame the client, and of kubelets
 * that do not answer.
 */
function isPlain(path: string, text: string): boolean {
  try {
    const { reason, message = '' } = JSON.parse(text) as { reason?: string; message?: string };
    return reason === undefined && (path.startsWith('/api/v1beta') || /^error dialing backend|^Get "/.test(message));
  } catch {
    return false;
  }
}

function usedHeapMb(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
