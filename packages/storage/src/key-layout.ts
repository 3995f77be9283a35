import type { ObjectKey } from './resource-store';

/**
 * Where objects are in etcd: `<prefix>/<plural>[.<group>]/[<namespace>/]<name>`, e.g. `/registry/pods/default/nginx`,
 * `/registry/deployments.apps/default/web`, `/registry/nodes/n1`. A plural has no dot, so a key says what it is.
 */
export class KeyLayout {
  /** `<prefix>/`: every object's key starts with it. */
  readonly root: string;
  /** `<prefix>.guards/`: beside the objects, so that nothing that follows them sees guards. */
  readonly #guards: string;

  /** `prefix` with or without a slash at its end. */
  constructor(prefix: string) {
    this.root = prefix.endsWith('/') ? prefix : `${prefix}/`;
    this.#guards = `${this.root.slice(0, -1)}.guards/`;
  }

  /** @throws RangeError for names that cannot be part of a key. */
  keyOf(resource: string, key: ObjectKey): string {
    return `${this.root}${resource}/${sortKey(key)}`;
  }

  guardKey(name: string): string {
    return this.#guards + name;
  }

  /** `undefined` for keys that are not of an object. */
  parse(etcdKey: string): { readonly resource: string; readonly sortKey: string; readonly key: ObjectKey } | undefined {
    if (!etcdKey.startsWith(this.root)) return undefined;
    const slash = etcdKey.indexOf('/', this.root.length);
    if (slash <= this.root.length) return undefined;
    const sort = etcdKey.slice(slash + 1);
    const key = parseSortKey(sort);
    return key === undefined ? undefined : { resource: etcdKey.slice(this.root.length, slash), sortKey: sort, key };
  }
}

/** `pods` or `deployments.apps`. */
export function resourceId(group: string, plural: string): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `namespace/name`, or `name` without a namespace: the order of lists, which is etcd's order of keys. */
export function sortKey({ namespace, name }: ObjectKey): string {
  if (name === '' || name.includes('/') || namespace.includes('/')) {
    throw new RangeError(
      `not a key of an object: namespace ${JSON.stringify(namespace)}, name ${JSON.stringify(name)}`,
    );
  }
  return namespace === '' ? name : `${namespace}/${name}`;
}

function parseSortKey(text: string): ObjectKey | undefined {
  const slash = text.indexOf('/');
  const key =
    slash < 0 ? { namespace: '', name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
  return key.name === '' || key.name.includes('/') || slash === 0 ? undefined : key;
}
