import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { ListSnapshot, ReadConsistency, StoredObject, WatchEvent } from '@kubernetes-mesos/storage';
import type { WatchEventType } from '../formats/format';
import type { Selection } from '../selectors/selection';
import { selectFrom } from './list';
import type { WatchQuery } from './list-options';
import { revisionText, type EncodableObject, type ServedResource } from './served-resource';

/** What a watcher is told of one change. */
export interface WatchChange {
  readonly type: WatchEventType;
  readonly object: EncodableObject;
}

export interface WatchStart {
  /** What is there already, to be told as ADDED. */
  readonly present: readonly StoredObject[];
  /** Changes after this one follow. */
  readonly fromRevision: number;
  /** A bookmark tells the client that it has all that is there. */
  readonly isEndTold: boolean;
}

/**
 * Where a watch begins. The present objects come first when that is asked for, or when nothing is said of it and there is
 * no revision, or 0.
 * @throws StatusError
 */
export async function startWatch(
  resource: ServedResource,
  namespace: string,
  selection: Selection,
  { revision, initialEvents }: Pick<WatchQuery, 'revision' | 'initialEvents'>,
): Promise<WatchStart> {
  const isTold = initialEvents === true;
  if (!isTold && revision !== undefined && revision !== 0) {
    return { present: [], fromRevision: revision, isEndTold: false };
  }
  const snapshot: ListSnapshot = await resource.store.list({
    ...(namespace === '' ? {} : { namespace }),
    consistency: consistencyOf(revision),
  });
  const present = initialEvents === false ? [] : selectFrom(snapshot, selection);
  return { present, fromRevision: snapshot.revision, isEndTold: isTold };
}

function consistencyOf(revision: number | undefined): ReadConsistency {
  if (revision === undefined) return { kind: 'latest' };
  return revision === 0 ? { kind: 'any' } : { kind: 'atLeast', revision };
}

/**
 * What a change means to a selection: an object that begins to match is ADDED, one that ceases to match is DELETED, as
 * it last matched but with the revision of the change.
 */
export function seenThrough(selection: Selection, event: WatchEvent): WatchChange | undefined {
  if (selection.isEverything) return event;
  const { name } = selection;
  if (name !== undefined && event.object.key.name !== name) return undefined;
  switch (event.type) {
    case 'ADDED':
      return selection.matches(event.object.object) ? event : undefined;
    case 'DELETED':
      return selection.matches(event.previous.object) ? event : undefined;
    case 'MODIFIED': {
      const matches = selection.matches(event.object.object);
      const matched = selection.matches(event.previous.object);
      if (matches) return matched ? event : { type: 'ADDED', object: event.object };
      return matched ? { type: 'DELETED', object: lastMatch(event) } : undefined;
    }
  }
}

/** The object of a BOOKMARK: nothing but its type and how far the watch has come. */
export function bookmark(resource: ServedResource, revision: number, annotations?: Record<string, string>): object {
  return {
    kind: resource.definition.names.kind,
    apiVersion: resource.apiVersion,
    metadata: {
      resourceVersion: revisionText(revision),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

/** The BOOKMARK after the present objects of a watch that asked for them. */
export function initialEventsEnd(resource: ServedResource, revision: number): object {
  return bookmark(resource, revision, { 'k8s.io/initial-events-end': 'true' });
}

/** States that left a selection, by the event that did it: the same object for every watcher. */
const lastMatches = new WeakMap<WatchEvent, EncodableObject>();

function lastMatch(event: WatchEvent & { readonly type: 'MODIFIED' }): EncodableObject {
  let last = lastMatches.get(event);
  if (last === undefined) {
    const previous: KubeObject = event.previous.object;
    const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: revisionText(event.revision) } };
    last = { object };
    lastMatches.set(event, last);
  }
  return last;
}
