import {
  coreV1Resources,
  createSchemaRegistry,
  deepCopy,
  DecodeError,
  invalidObject,
  type KubeObject,
  type ResourceDefinition,
  StatusError,
} from '../../src';
import { deepFreeze } from '../core/definitions';
import { differences, type HttpCase, type Scenario } from './recordings';

/** What a server adds that is not the definitions' business; a recorded answer has it. */
const ADMISSION_TOLERATIONS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

export interface Outcome {
  /** Cases that were compared. */
  readonly compared: number;
  readonly failures: readonly string[];
}

const registry = createSchemaRegistry();
const resources = coreV1Resources({ allowPrivileged: false });

/** Plays the writes of a scenario through the definitions; what was recorded is the state that the next write meets. */
export function playScenario(scenario: Scenario, isKnown: (name: string) => boolean): Outcome {
  const stored = new Map<string, KubeObject>();
  const failures: string[] = [];
  let compared = 0;
  for (const recorded of scenario.cases) {
    const target = targetOf(recorded);
    if (target !== undefined && recorded.response.body !== undefined && isPlayable(recorded)) {
      const found = playWrite(recorded, target, stored);
      if (found !== undefined && !isKnown(recorded.name)) {
        compared += 1;
        for (const difference of found) failures.push(`${recorded.name}: ${difference}`);
      }
    }
    remember(recorded, target, stored);
  }
  return { compared, failures };
}

interface Target {
  readonly definition: ResourceDefinition;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

function targetOf({ request }: HttpCase): Target | undefined {
  const path = new URL(request.path, 'http://server').pathname;
  const match = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/.exec(path);
  if (match === null) return undefined;
  const [, namespace = '', plural = '', name = '', subresource = ''] = match;
  const definition = resources.find((candidate) => candidate.names.plural === plural);
  if (definition !== undefined && (definition.scope === 'Namespaced') === (namespace !== '')) {
    return { definition, namespace, name, subresource };
  }
  // `/namespaces/x/status` and `/namespaces/x` look like something inside a namespace.
  const namespaces = resources.find((candidate) => candidate.names.plural === 'namespaces');
  if (namespace !== '' && namespaces !== undefined && name === '' && ['status', 'finalize'].includes(plural)) {
    return { definition: namespaces, namespace: '', name: namespace, subresource: plural };
  }
  return undefined;
}

function isPlayable({ request, response }: HttpCase): boolean {
  if (request.method !== 'POST' && request.method !== 'PUT') return false;
  if (typeof request.body !== 'object' || request.body === null || Array.isArray(request.body)) return false;
  const type = request.headers?.['Content-Type'] ?? 'application/json';
  const accept = request.headers?.['Accept'] ?? '';
  if (!type.includes('json') || accept.includes('as=')) return false;
  return (
    response.status === 200 ||
    response.status === 201 ||
    response.status === 422 ||
    isRefusedByDecoder(request, response)
  );
}

/** A body of the right kind and version whose fields have wrong types; how it is worded is Go's. */
function isRefusedByDecoder(request: HttpCase['request'], response: HttpCase['response']): boolean {
  const { kind, apiVersion } = request.body as { kind?: unknown; apiVersion?: unknown };
  const message = (response.body as { message?: unknown } | undefined)?.message;
  return (
    response.status === 400 &&
    apiVersion === 'v1' &&
    typeof kind === 'string' &&
    String(message).startsWith(`${kind} in version "v1" cannot be handled as a ${kind}: `)
  );
}

function playWrite(
  { request, response }: HttpCase,
  target: Target,
  stored: ReadonlyMap<string, KubeObject>,
): string[] | undefined {
  const { definition, namespace, name } = target;
  const { strategy } = definition;
  const isCreation = request.method === 'POST';
  if (isCreation && target.subresource !== '') return undefined;
  const subresource = definition.subresources.find((candidate) => candidate.name === target.subresource);
  if (target.subresource !== '' && subresource?.update === undefined) return undefined;
  const old = isCreation ? undefined : stored.get(keyOf(target, name));
  if (!isCreation && old === undefined && !strategy.allowCreateOnUpdate) return undefined;
  const codec = registry.codec(definition.schema);
  try {
    const object = codec.decode(withAddress(request.body)) as unknown as KubeObject;
    object.metadata ??= {};
    object.kind = definition.names.kind;
    object.apiVersion = 'v1';
    if (namespace !== '') object.metadata.namespace ??= namespace;
    else delete object.metadata.namespace;
    strategy.applyDefaults(object);
    const status = response.body as { readonly status?: unknown };
    const errors =
      old === undefined ? create(definition, object, response.body) : update(target, object, withAddress(old));
    if (errors.length > 0)
      throw invalidObject({ group: '', name: definition.names.kind }, object.metadata.name ?? '', errors);
    if (response.status >= 400) return [`accepted, though ${JSON.stringify(status).slice(0, 300)}`];
    // What is served is what is read back from the store: defaults fill what was cleared.
    strategy.applyDefaults(object);
    return differences(
      withoutVolatile(response.body),
      admitted(definition, JSON.parse(codec.encode(object).toString('utf8')) as KubeObject, response.body),
    );
  } catch (error) {
    if (error instanceof DecodeError) return response.status === 400 ? [] : [`cannot be decoded: ${error.message}`];
    if (error instanceof StatusError) return differences(response.body, error.status);
    throw error;
  }
}

function create(definition: ResourceDefinition, object: KubeObject, answer: unknown) {
  const recorded = (answer as Partial<KubeObject>).metadata;
  const meta = object.metadata;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  if (meta.name === undefined && meta.generateName !== undefined) meta.name = `${meta.generateName}abcde`;
  if (meta.name === undefined && definition.strategy.namesNameless === true) meta.name = 'generated';
  definition.strategy.prepareForCreate(object);
  const errors = definition.strategy.validateCreate(object);
  Object.assign(meta, { uid: '<uid>', creationTimestamp: '<time>' });
  if (recorded?.resourceVersion === undefined) delete meta.resourceVersion;
  else meta.resourceVersion = '<rv>';
  delete meta.selfLink;
  return errors;
}

function update({ definition, subresource: name }: Target, object: KubeObject, old: KubeObject) {
  deepFreeze(old);
  const meta = object.metadata;
  meta.uid ??= old.metadata.uid ?? '';
  for (const field of ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const) {
    if (old.metadata[field] === undefined) delete meta[field];
    else Object.assign(meta, { [field]: old.metadata[field] });
  }
  if (definition.strategy.allowUnconditionalUpdate) meta.resourceVersion ??= old.metadata.resourceVersion ?? '';
  delete meta.selfLink;
  const subresource = definition.subresources.find((candidate) => candidate.name === name);
  if (subresource?.update !== undefined) {
    subresource.update.prepare(object, old);
    return subresource.update.validate(object, old);
  }
  definition.strategy.prepareForUpdate(object, old);
  return definition.strategy.validateUpdate(object, old);
}

function remember({ request, response }: HttpCase, target: Target | undefined, stored: Map<string, KubeObject>): void {
  if (target === undefined) return;
  const body = response.body as (KubeObject & { items?: unknown }) | undefined;
  const isObject = body?.kind === target.definition.names.kind && body.items === undefined;
  if (request.method === 'DELETE') {
    if (response.status === 200) stored.delete(keyOf(target, target.name));
  } else if (isObject && response.status < 300 && !request.path.includes('dryRun')) {
    stored.set(keyOf(target, body.metadata.name ?? ''), body);
  }
}

function keyOf({ definition, namespace }: Target, name: string): string {
  return `${definition.names.plural}/${namespace}/${name}`;
}

/** Addresses that the recording server picked are all the same here. */
function withAddress<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll(/<ip:\d+>/g, '10.10.10.1')) as T;
}

/** Fields that no recording is compared by. */
function withoutVolatile(body: unknown): unknown {
  const copy = deepCopy(body) as Partial<KubeObject>;
  delete copy.metadata?.managedFields;
  delete copy.metadata?.selfLink;
  if (copy.metadata?.resourceVersion !== undefined) copy.metadata.resourceVersion = '<any>';
  return copy;
}

/** Adds what admission and allocation would, as far as the recorded answer shows it. */
function admitted(definition: ResourceDefinition, object: KubeObject, answer: unknown): unknown {
  const recorded = answer as KubeObject;
  delete object.metadata.managedFields;
  switch (definition.names.kind) {
    case 'Pod':
      return {
        ...object,
        spec: insertLike(withTolerations(specOf(object), specOf(recorded)), specOf(recorded), [
          'priority',
          'preemptionPolicy',
        ]),
      };
    case 'Node':
      return { ...object, spec: insertLike(specOf(object), specOf(recorded), ['taints']) };
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      return { ...object, metadata: insertLike({ ...object.metadata }, { ...recorded.metadata }, ['finalizers']) };
    case 'Service': {
      const spec = insertLike(specOf(object), specOf(recorded), ['clusterIP', 'clusterIPs', 'healthCheckNodePort']);
      const recordedPorts = listOf(specOf(recorded)['ports']);
      const ports = listOf(spec['ports']).map((port, index) =>
        insertLike(port, recordedPorts[index] ?? {}, ['nodePort']),
      );
      if (ports.length > 0) spec['ports'] = ports;
      return { ...object, spec };
    }
    default:
      return object;
  }
}

type Members = Record<string, unknown>;

function specOf(object: KubeObject): Members {
  return (object as { spec?: Members }).spec ?? {};
}

function listOf(value: unknown): Members[] {
  return Array.isArray(value) ? (value as Members[]) : [];
}

function withTolerations(spec: Members, recorded: Members): Members {
  const own = listOf(spec['tolerations']);
  const added = listOf(recorded['tolerations']).filter(
    ({ key }) => ADMISSION_TOLERATIONS.includes(String(key)) && !own.some((toleration) => toleration['key'] === key),
  );
  return added.length === 0 ? spec : { ...spec, tolerations: [...own, ...added] };
}

/** Takes members from a recording where there are none, and its order of all members. */
function insertLike(object: Members, recorded: Members, members: readonly string[]): Members {
  const full: Members = { ...object };
  for (const member of members) full[member] ??= recorded[member];
  const result: Members = {};
  for (const key of [...Object.keys(recorded), ...Object.keys(full)]) {
    if (full[key] !== undefined) result[key] = full[key];
  }
  return result;
}
