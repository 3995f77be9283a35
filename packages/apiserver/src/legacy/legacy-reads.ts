import { get } from '../endpoints/get';
import { selectItems } from '../endpoints/list';
import { keyOf } from '../endpoints/served-resource';
import { sendBody, sendParts } from '../http/responder';
import type { LegacyRequest } from './legacy-request';
import { legacySelection } from './legacy-selectors';
import { legacyInvalid } from './legacy-errors';
import { serveLegacyWatch } from './legacy-watch';

export async function legacyGet({ exchange, served, target, format }: LegacyRequest): Promise<void> {
  const stored = await get(served, keyOf(served, target.namespace, target.name), '');
  sendBody(exchange, 200, format.contentType, format.object(served, stored));
}

/** Any value of `watch` makes a watch of a list. */
export async function legacyListOrWatch(request: LegacyRequest): Promise<void> {
  if (request.exchange.query.has('watch')) return legacyWatch(request);
  const { exchange, served, version, target, format } = request;
  const selection = legacySelection(version, target.resource, exchange.query);
  const { namespace } = target;
  const snapshot = await served.store.list({
    ...(namespace === '' ? {} : { namespace }),
    consistency: { kind: 'latest' },
  });
  const items = selectItems(snapshot.items, selection);
  await sendParts(exchange, 200, format.contentType, format.list(served, { revision: snapshot.revision, items }));
}

/** A name in the URL of a watch says nothing: all of the namespace is watched. */
export async function legacyWatch({ tools, exchange, version, target, served, format }: LegacyRequest): Promise<void> {
  const selection = legacySelection(version, target.resource, exchange.query);
  const revision = watchRevision(exchange.query.get('resourceVersion') ?? '', target.resource.storeKind);
  await serveLegacyWatch(tools, exchange, served, target.namespace, selection, revision, format);
}

function watchRevision(text: string, kind: string): number {
  if (text === '') return 0;
  const revision = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(revision)) return revision;
  const detail = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw legacyInvalid(kind, '', [{ reason: 'FieldValueInvalid', field: 'resourceVersion', value: text, detail }]);
}
