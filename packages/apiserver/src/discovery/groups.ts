/** A group beside the core one, as `/apis` lists it. */
export interface ApiGroup {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

/** `/api` */
export function apiVersions(versions: readonly string[], serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions,
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `/apis` */
export function groupList(groups: readonly ApiGroup[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupBody) };
}

/** `/apis/NAME` */
export function groupAnswer(group: ApiGroup): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) };
}

function groupBody({ name, versions }: ApiGroup) {
  const listed = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  const [preferred] = listed;
  return { name, versions: listed, ...(preferred === undefined ? {} : { preferredVersion: preferred }) };
}
