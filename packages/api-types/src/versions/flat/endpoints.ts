import { defineKind, type LegacyKind } from '../legacy-kind';
import { repackSubsets, subsetFromInternal, subsetToInternal, type SubsetValue } from '../shared/endpoints';
import type { InternalEndpoints, InternalEndpointSubset } from '../shared/internal';
import { int, list, opt, pointer, str, struct, type Decoded, type Draft } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { OBJECT_REFERENCE } from './pod-shapes';

const ENDPOINTS = struct('v1beta1.Endpoints', {
  ...META,
  protocol: opt(str),
  endpoints: list(str),
  targetRefs: opt(list(struct('v1beta1.EndpointObjectReference', { endpoint: str, targetRef: OBJECT_REFERENCE }))),
  subsets: list(
    struct('v1beta1.EndpointSubset', {
      addresses: opt(list(struct('v1beta1.EndpointAddress', { IP: str, targetRef: opt(pointer(OBJECT_REFERENCE)) }))),
      ports: opt(list(struct('v1beta1.EndpointPort', { name: opt(str), port: int, protocol: opt(str) }))),
    }),
  ),
});

/** `protocol`, `endpoints` and `targetRefs` are the older half of a flat object: read when there are no subsets. */
export function flatEndpoints(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalEndpoints, typeof ENDPOINTS>({
    kind: 'Endpoints',
    apiVersion: dialect.apiVersion,
    shape: ENDPOINTS,
    toInternal: (legacy, defaults) => {
      const given = legacy.subsets ?? [];
      const subsets: SubsetValue[] = given.length > 0 ? given : subsetsOfTexts(legacy);
      return {
        kind: 'Endpoints',
        apiVersion: 'v1',
        metadata: metaToInternal(legacy),
        subsets: repackSubsets(subsets.map((subset) => subsetToInternal(subset, defaults))),
      };
    },
    fromInternal: ({ metadata, subsets = [] }) => ({
      ...metaFromInternal(metadata),
      ...textsOf(subsets),
      subsets: subsets.map(subsetFromInternal),
    }),
  });
}

/** Each text is a subset of its own, with that one address and port. */
function subsetsOfTexts({ protocol, endpoints, targetRefs }: Decoded<typeof ENDPOINTS>): SubsetValue[] {
  return (endpoints ?? []).map((endpoint) => {
    const { host, port } = splitHostPort(endpoint);
    const targetRef = targetRefs?.find((reference) => reference.endpoint === endpoint)?.targetRef ?? null;
    return { addresses: [{ IP: host, targetRef }], ports: [{ name: '', port, protocol }] };
  });
}

/** All addresses with the ports that have the name of the very first port. */
function textsOf(
  subsets: readonly InternalEndpointSubset[],
): Pick<Draft<typeof ENDPOINTS>, 'protocol' | 'endpoints' | 'targetRefs'> {
  const first = subsets[0]?.ports?.[0];
  const named = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports
      .filter((port) => (port.name ?? '') === (first?.name ?? ''))
      .flatMap(({ port }) => addresses.map(({ ip, targetRef }) => ({ endpoint: joinHostPort(ip, port), targetRef }))),
  );
  return {
    protocol: first?.protocol ?? 'TCP',
    endpoints: named.length === 0 ? null : named.map(({ endpoint }) => endpoint),
    targetRefs: named.flatMap(({ endpoint, targetRef }) => (targetRef === undefined ? [] : [{ endpoint, targetRef }])),
  };
}

/** What is no `host:port` is the address '' with port 0. */
function splitHostPort(endpoint: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d+)$/.exec(endpoint);
  return match === null ? { host: '', port: 0 } : { host: match[1] ?? match[2] ?? '', port: Number(match[3]) };
}

function joinHostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
