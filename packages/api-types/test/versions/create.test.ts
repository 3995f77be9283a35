/**
 * A recorded POST: its body is read in the version that it names, gets what the server sets, and must come out in every
 * version as the server showed it until it was written again.
 */
import type { KubeObject, LegacyVersion } from '../../src';
import { LEGACY_VERSIONS, type LegacyApiVersion } from '../../src/versions';
import { describeGoldens, isRecord, scenarios, type GoldenCase } from './goldens';

const SUITES = ['convert-v0.14.1', 'v1beta1', 'v1beta2', 'v1beta3'];

describeGoldens('what was posted to v0.14.1', () => {
  for (const suite of SUITES) {
    for (const { name, cases } of scenarios(suite)) {
      if (cases.some(({ request, response }) => isCreation(request) && response.status === 201)) {
        test(`${suite}/${name}`, () => playScenario(cases));
      }
    }
  }
});

function isCreation({ method, path, body }: GoldenCase['request']): boolean {
  return method === 'POST' && isRecord(body) && !/bindings?(\?|$)/.test(path);
}

function playScenario(cases: readonly GoldenCase[]): void {
  const created = new Map<string, KubeObject>();
  for (const { name, request, response } of cases) {
    const { body } = response;
    if (!isRecord(body) || response.status >= 300 || JSON.stringify(body).includes('<any>')) continue;
    const version = LEGACY_VERSIONS[body['apiVersion'] as LegacyVersion];
    if (isCreation(request)) {
      const object = serverSets(decodeBody(request.body as Record<string, unknown>, version), shown(body, version));
      created.set(keyOf(shown(body, version)), object);
    }
    const object = created.get(keyOf(shown(body, version)));
    const kind = version.kindNamed(String(body['kind']));
    if (object === undefined || kind === undefined || object.kind !== kind.kind) continue;
    const selfLink = String((isRecord(body['metadata']) ? body['metadata'] : body)['selfLink']);
    const encoded = kind.fromInternal({ ...object, metadata: { ...object.metadata, selfLink } });
    expect([name, text(encoded)]).toEqual([name, text(body)]);
  }
}

function decodeBody(body: Record<string, unknown>, urlVersion: LegacyApiVersion): KubeObject {
  const lower = Object.fromEntries(Object.entries(body).map(([key, value]) => [key.toLowerCase(), value]));
  const version = LEGACY_VERSIONS[lower['apiversion'] as LegacyVersion] ?? urlVersion;
  const name = lower['kind'];
  const kind = version.kindNamed(typeof name === 'string' ? name : 'Pod');
  return kind!.toInternal(body);
}

function shown(body: Record<string, unknown>, version: LegacyApiVersion): KubeObject {
  return version.kindNamed(String(body['kind']))?.toInternalAsWritten(body) ?? { metadata: {} };
}

/** Same object, same state. */
function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.uid} ${metadata.resourceVersion}`;
}

/** What a server fills in or resets at creation is taken from its answer. */
function serverSets(object: KubeObject, answer: KubeObject): KubeObject {
  const { labels, annotations } = object.metadata;
  const members = object as unknown as Record<string, Record<string, unknown>>;
  const answered = answer as unknown as Record<string, Record<string, unknown>>;
  const metadata = { ...answer.metadata };
  delete metadata.labels;
  delete metadata.annotations;
  const output: Record<string, unknown> = {
    ...object,
    metadata: { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) },
  };
  if (object.kind === 'Pod') output['status'] = { phase: 'Pending' };
  if (object.kind === 'ResourceQuota') output['status'] = {};
  if (object.kind === 'ReplicationController') output['status'] = { replicas: 0 };
  if (object.kind === 'Service') output['spec'] = { ...members['spec'], clusterIP: answered['spec']!['clusterIP'] };
  if (object.kind === 'Namespace') Object.assign(output, { spec: answered['spec'], status: { phase: 'Active' } });
  return output as unknown as KubeObject;
}

/** The order of several ports of one recorded subset follows a hash that cannot be predicted. */
function text(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => {
    if (key !== 'ports' && key !== 'endpoints') return member;
    return Array.isArray(member) ? member.map((item) => JSON.stringify(item)).sort() : member;
  });
}
