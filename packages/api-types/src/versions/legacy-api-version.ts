import type { LegacyVersion } from '../machinery/conversion';
import type { KubeObject } from '../machinery/object';
import type { Status } from '../machinery/status';
import type { LegacyKind } from './legacy-kind';
import type { LegacyResource } from './resources';
import type { SelectableFields } from './selectable-fields';

/** An older version of the API, as release 0.14 served it. All functions are pure. */
export interface LegacyApiVersion {
  readonly name: LegacyVersion;
  /** `flat`: the namespace is a query parameter; `path`: it is part of the path. */
  readonly layout: 'flat' | 'path';
  readonly parameters: SelectorParameters;
  /** In the order of the group's index. */
  readonly resources: readonly LegacyResource[];
  /** By the exact name in URLs: `replicationControllers`, `minions`, ... */
  resource(urlName: string): LegacyResource | undefined;
  /** The URL name of a resource whose name is `plural` today; of several (minions, nodes) the first. */
  resourceOf(plural: string): LegacyResource | undefined;
  readonly kinds: readonly LegacyKind[];
  /** By the kind's name inside (`Node`). */
  kind(kind: string): LegacyKind | undefined;
  /** By a name that a body may give the kind (`Minion` and `Node` are both nodes). Case counts. */
  kindNamed(legacyKind: string): LegacyKind | undefined;
  /** Also of the names of lists and other types that are no resource, which a body may give by mistake. */
  knowsKind(legacyKind: string): boolean;
  /** What field selectors may ask of a kind (its name inside); `undefined`: nothing. */
  selectableFields(kind: string): SelectableFields | undefined;
  /**
   * The present object with the changes that a body of this version makes to what this version shows of it; what the
   * version cannot express stays. `updated` is the decoded body.
   */
  mergeUnrepresentable(old: KubeObject, updated: KubeObject): KubeObject;
  selfLink(target: SelfLinkTarget): string;
  /** The list's own selfLink and resourceVersion; items have neither kind nor apiVersion, but a selfLink when given. */
  encodeList(resource: LegacyResource, list: LegacyList): Record<string, unknown>;
  encodeStatus(status: Status): Record<string, unknown>;
  decodeStatus(legacy: Record<string, unknown>): Status;
  /** @throws LegacyDecodeError */
  decodeDeleteOptions(legacy: Record<string, unknown>): { readonly gracePeriodSeconds?: number };
}

/** Names of the query parameters that hold selectors. */
export interface SelectorParameters {
  readonly labels: string;
  readonly fields: string;
}

export interface SelfLinkTarget {
  readonly resource: LegacyResource;
  /** Ignored for resources without namespaces. */
  readonly namespace: string;
  /** Missing for a list. */
  readonly name?: string;
  readonly subresource?: string;
}

export interface LegacyList {
  readonly items: readonly KubeObject[];
  readonly selfLink: string;
  readonly resourceVersion: string;
}
