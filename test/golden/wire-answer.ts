import { isMembers, metaOf, nameOf, type Members, type WireCase, type WireRequest } from './wire-case';

/** What the kinds of a collection are called, by the last plain word of a path. */
const KINDS: Readonly<Record<string, string>> = {
  bindings: 'Status',
  componentstatuses: 'ComponentStatus',
  endpoints: 'Endpoints',
  events: 'Event',
  limitranges: 'LimitRange',
  namespaces: 'Namespace',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  persistentvolumes: 'PersistentVolume',
  pods: 'Pod',
  podtemplates: 'PodTemplate',
  replicationcontrollers: 'ReplicationController',
  resourcequotas: 'ResourceQuota',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
  services: 'Service',
};

/** What a tool of 2015 could not use of an answer, a line each: it decodes by kind and version, and reads the metadata. */
export function unusable({ method, path, status }: WireRequest, text: string): string[] {
  const [, version = '', scope = ''] = /^\/api\/(v1\w*)\/([^?]*)/.exec(path) ?? [];
  const segments = scope.split('/');
  const isInside =
    segments[0] === 'namespaces' && segments.length > 2 && !/^(status|finalize)$/.test(segments[2] ?? '');
  const [plural = '', name, part] = isInside ? segments.slice(2) : segments;
  if (version === '' || part === 'log') return [];
  const answer = parse(text);
  if (answer === undefined) return ['the answer is no JSON object'];
  const isFlat = version === 'v1beta1' || version === 'v1beta2';
  const kind = /^(minions|nodes)$/.test(plural)
    ? isFlat
      ? 'Minion'
      : 'Node'
    : (KINDS[plural.toLowerCase()] ?? plural);
  const isList = method === 'GET' && name === undefined;
  const wanted =
    status >= 400 ? ['Status'] : isList ? [`${kind}List`] : method === 'DELETE' ? ['Status', kind] : [kind];
  const problems = wanted.includes(String(answer['kind']))
    ? []
    : [`kind: wants ${wanted.join(' or ')}, got ${String(answer['kind'])}`];
  if (answer['apiVersion'] !== version && answer['kind'] !== 'Status') problems.push(`apiVersion: wants ${version}`);
  if (answer['kind'] === 'Status') return [...problems, ...statusProblems(answer, status)];
  if (!isList) return [...problems, ...objectProblems(answer, isFlat, name)];
  const { items } = answer;
  if (!Array.isArray(items)) return [...problems, 'items: wants a list'];
  return [
    ...problems,
    ...items.flatMap((item: unknown) => (isMembers(item) ? objectProblems(item, isFlat) : ['an item is no object'])),
  ];
}

/** What a printed table names that was not in the answers, and the other way round. */
export function unlikeTable({ argv, stdout = '', wire }: WireCase, answers: readonly string[]): string[] {
  const [header = '', ...lines] = stdout.trimEnd().split('\n');
  const lists = wire.flatMap(({ method, path }, index) =>
    method === 'GET' && !/^\/(api|version)$/.test(path) ? [parse(answers[index] ?? '')] : [],
  );
  const [answer] = lists;
  if (
    argv[0] !== 'get' ||
    lists.length !== 1 ||
    answer === undefined ||
    !/^(NAME|POD|CONTROLLER|FIRSTSEEN)\b/.test(header)
  )
    return [];
  if (header.startsWith('FIRSTSEEN') || answer['kind'] === 'ComponentStatusList') return [];
  const printed = lines.flatMap((line) => (/^\S/.test(line) ? [line.split(/\s+/)[0] ?? ''] : [])).sort();
  const items: unknown[] = Array.isArray(answer['items']) ? answer['items'] : [answer];
  const answered = items.map(nameOf).sort();
  return printed.join() === answered.join() ? [] : [`names: wants ${printed.join()}, got ${answered.join()}`];
}

/** What was printed as JSON and was not answered: all that the tool showed, it had read. */
export function unlikeJson({ argv, stdoutJson, wire }: WireCase, answers: readonly string[]): string[] {
  if (argv[0] !== 'get' || !isMembers(stdoutJson) || stdoutJson['kind'] === 'List') return [];
  const last = wire.findLastIndex(({ method, path }) => method === 'GET' && path.startsWith('/api/'));
  const answer = parse(answers[last] ?? '');
  // The tool can show an object in another version than it was read in.
  return answer?.['apiVersion'] === stdoutJson['apiVersion'] ? missing(stdoutJson, answer ?? {}, '') : [];
}

function missing(wanted: unknown, got: unknown, path: string): string[] {
  if (typeof wanted === 'string' && /<[a-z]+(:\d+)?>/.test(wanted)) {
    return got === undefined || got === null ? [`${path}: missing`] : [];
  }
  if (Array.isArray(wanted)) {
    const list: unknown[] = Array.isArray(got) ? got : [];
    const lengths =
      list.length === wanted.length ? [] : [`${path}: wants ${wanted.length} elements, got ${list.length}`];
    return [...lengths, ...wanted.flatMap((item, index) => missing(item, list[index], `${path}[${index}]`))];
  }
  if (isMembers(wanted)) {
    const members: Members = isMembers(got) ? got : {};
    return Object.entries(wanted).flatMap(([key, value]) =>
      missing(value, members[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return wanted === got || (wanted === null && got === undefined)
    ? []
    : [`${path}: wants ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`];
}

function statusProblems(answer: Members, status: number): string[] {
  const wanted = status < 400 ? 'Success' : 'Failure';
  return answer['status'] === wanted ? [] : [`status: wants ${wanted}, got ${String(answer['status'])}`];
}

function objectProblems(object: Members, isFlat: boolean, name?: string): string[] {
  const meta = metaOf(object);
  const own = nameOf(object);
  return [
    ...(own === '' || (name !== undefined && own !== decodeURIComponent(name))
      ? [`name: wants ${name ?? 'one'}, got ${own}`]
      : []),
    ...(typeof meta['resourceVersion'] === (isFlat ? 'number' : 'string') || object['conditions'] !== undefined
      ? []
      : [`resourceVersion of ${own}`]),
    ...(typeof meta['selfLink'] === 'string' ? [] : [`selfLink of ${own}: no reference can be made to it`]),
    ...(typeof meta['creationTimestamp'] === 'string' || object['conditions'] !== undefined
      ? []
      : [`creationTimestamp of ${own}`]),
  ];
}

function parse(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
