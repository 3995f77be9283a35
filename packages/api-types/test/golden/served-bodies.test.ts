import { CORE_V1_RESOURCES as resources, createSchemaRegistry, type KubeObject } from '../../src';
import { differences, readSuite, type HttpCase } from './recordings';

const registry = createSchemaRegistry();
const PREFIXES: Readonly<Record<string, string>> = {
  v1: 'io.k8s.api.core.v1',
  'autoscaling/v1': 'io.k8s.api.autoscaling.v1',
  'policy/v1': 'io.k8s.api.policy.v1',
  'policy/v1beta1': 'io.k8s.api.policy.v1beta1',
  'authentication.k8s.io/v1': 'io.k8s.api.authentication.v1',
  'authorization.k8s.io/v1': 'io.k8s.api.authorization.v1',
};

interface Body {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly items?: unknown;
}

/** The schema's name, for kinds that have one. */
function schemaOf({ kind, apiVersion }: Body): string | undefined {
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return undefined;
  if (kind === 'Status') return 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
  const name = `${PREFIXES[apiVersion] ?? ''}.${kind}`;
  return registry.find(name) === undefined ? undefined : name;
}

function isBody(body: unknown): body is Body {
  return typeof body === 'object' && body !== null;
}

interface Served {
  readonly name: string;
  readonly body: Body;
}

const scenarios = [...readSuite('v1-1.20'), ...readSuite('discovery-1.20')];
const served: Served[] = scenarios.flatMap(({ cases, watches }) =>
  [
    ...cases
      .filter(({ request }: HttpCase) => !(request.headers?.['Accept'] ?? '').includes('as='))
      .map(({ name, response }) => ({ name, body: response.body })),
    ...watches.flatMap(({ name, events = [] }) => events.map(({ object }) => ({ name, body: object }))),
  ].filter((one): one is Served => isBody(one.body)),
);

// Skipped where the recordings are absent.
(served.length === 0 ? describe.skip : describe)('every body that kube-apiserver v1.20.2 served', () => {
  test('is written again as it was read, and needs no defaults', () => {
    let compared = 0;
    const failures: string[] = [];
    for (const { name, body: recorded } of served) {
      const text = JSON.stringify(recorded)
        .replaceAll(/<time(?::\d+)?>|\{\{t\d+\}\}/g, '2021-01-02T03:04:05Z')
        .replaceAll(/"<(?:rvn|port)(?::\d+)?>"/g, '7');
      const body = JSON.parse(text) as Body;
      const schema = schemaOf(body);
      if (schema === undefined) continue;
      compared += 1;
      const { decode, encode } = registry.codec(schema);
      const object = decode(JSON.parse(text));
      const definition = resources.find((candidate) => candidate.schema === schema);
      // A bookmark is an object with nothing in it.
      if (definition !== undefined && object['spec'] !== undefined) {
        definition.strategy.applyDefaults(object as unknown as KubeObject);
      }
      const written = JSON.parse(encode(object).toString('utf8')) as unknown;
      failures.push(...differences(body, written).map((difference) => `${name}: ${difference}`));
    }
    // Not compared in these recordings.
    const overlooked = /selfLink|managedFields/;
    expect(failures.filter((failure) => !overlooked.test(failure))).toEqual([]);
    expect(compared).toBeGreaterThan(900);
  });
});
