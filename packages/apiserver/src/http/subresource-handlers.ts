import { badRequest, type Binding, type Eviction, type Scale } from '@kubernetes-mesos/api-types';
import { bindPod, createdStatus } from '../endpoints/binding';
import { remove } from '../endpoints/delete';
import { deleteOptions } from '../endpoints/delete-options';
import { get } from '../endpoints/get';
import { changeScale, getScale } from '../endpoints/scale';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import { writeQuery, type WriteQuery } from '../endpoints/write-options';
import { readPatch } from '../patch/patches';
import type { BodyKind } from './body-decoder';
import type { Exchange } from './exchange';
import { bodyMedia, mediaType } from './parse-body';
import { readBody, readTypedBody } from './read-body';
import { sendBody, sendStatus } from './responder';
import type { ResourceHandlers } from './resource-handlers';
import type { Place, SubresourceRoutes } from './resource-routes';
import type { ApiTools } from './surface';
import { subresourceTarget } from '../endpoints/update';
import { statusFormatOf } from './wanted-format';

const BINDING: BodyKind = { kind: 'Binding', apiVersion: 'v1', schema: 'io.k8s.api.core.v1.Binding' };
const SCALE: BodyKind = { kind: 'Scale', apiVersion: 'autoscaling/v1', schema: 'io.k8s.api.autoscaling.v1.Scale' };
const EVICTION: BodyKind = {
  kind: 'Eviction',
  apiVersion: 'policy/v1',
  schema: 'io.k8s.api.policy.v1.Eviction',
  alsoVersions: ['policy/v1beta1'],
};
const OLD_EVICTION_WARNING = 'policy/v1beta1 Eviction is deprecated in v1.22+, unavailable in v1.25+';

/** `status`, `finalize`: the object itself, of which a write changes only a part. */
export function partRoutes(
  handlers: ResourceHandlers,
  resource: ServedResource,
  name: string,
): SubresourceRoutes | undefined {
  const target = subresourceTarget(resource, name);
  if (target === undefined) return undefined;
  const verbs = resource.definition.subresources.find((subresource) => subresource.name === name)?.verbs ?? [];
  return {
    takesPath: false,
    methods: {
      ...(verbs.includes('get') ? { GET: handlers.get } : {}),
      ...(verbs.includes('update')
        ? { PUT: (exchange: Exchange, place: Place) => handlers.updateTarget(exchange, place, target) }
        : {}),
      ...(verbs.includes('patch')
        ? { PATCH: (exchange: Exchange, place: Place) => handlers.patchTarget(exchange, place, target) }
        : {}),
    },
  };
}

export function scaleRoutes(tools: ApiTools, resource: ServedResource): SubresourceRoutes {
  const send = (exchange: Exchange, scale: Scale): void => {
    // A Scale is a Scale whatever shape was asked for.
    const format = statusFormatOf(tools, exchange);
    sendBody(exchange, 200, format.contentType, format.plain(scale));
  };
  const key = (place: Place) => keyOf(resource, place.namespace, place.name);
  return {
    takesPath: false,
    methods: {
      GET: async (exchange, place) => send(exchange, await getScale(resource, key(place))),
      PUT: async (exchange, place) => {
        const query = writeQuery(exchange.query, 'UpdateOptions');
        const scale = (await readTyped(tools, exchange, SCALE, query)) as Scale;
        send(exchange, await changeScale(tools.services, exchange, resource, key(place), () => scale, query));
      },
      PATCH: async (exchange, place) => {
        const query = writeQuery(exchange.query, 'PatchOptions');
        const { limits, patches, decoder } = tools;
        const body = await readBody(exchange.request, limits.bodyBytes);
        const media = mediaType(exchange.request.headers['content-type']);
        const apply = readPatch(media, body, SCALE.schema, patches, limits.nesting);
        const produce = (current: Scale): Scale => {
          const result = apply(JSON.parse(JSON.stringify(current)) as Record<string, unknown>);
          if (typeof result !== 'object' || result === null) throw badRequest('the patched object is no object');
          return decoder.fromData(result as Record<string, unknown>, SCALE);
        };
        send(exchange, await changeScale(tools.services, exchange, resource, key(place), produce, query));
      },
    },
  };
}

/** `pods/NAME/binding`, and `bindings` where the body alone names the pod. */
export function bindingHandler(tools: ApiTools, pods: ServedResource) {
  return async (exchange: Exchange, place: Place): Promise<void> => {
    const query = writeQuery(exchange.query, 'CreateOptions');
    const binding = (await readTyped(tools, exchange, BINDING, query)) as Binding;
    await bindPod(tools.services, exchange, pods, place.namespace, place.name, binding, query);
    sendStatus(exchange, statusFormatOf(tools, exchange), createdStatus());
  };
}

/** Evicts a pod. There are no disruption budgets: it is a DELETE with other words. */
export function evictionHandler(tools: ApiTools, pods: ServedResource) {
  return async (exchange: Exchange, place: Place): Promise<void> => {
    const query = writeQuery(exchange.query, 'CreateOptions');
    const { decoder } = tools;
    const media = bodyMedia(exchange.request.headers['content-type']);
    const data = decoder.parse(await readTypedBody(exchange.request, media, tools), EVICTION.kind);
    if (data['apiVersion'] === 'policy/v1beta1') exchange.warn(OLD_EVICTION_WARNING);
    const eviction = decoder.fromData(data, EVICTION) as Eviction;
    const { name = '' } = eviction.metadata ?? {};
    if (name !== '' && name !== place.name) {
      throw badRequest('name in URL does not match name in Eviction object');
    }
    const key = keyOf(pods, place.namespace, place.name);
    await get(pods, key, '');
    const options = deleteOptions(exchange.query, { ...eviction.deleteOptions, kind: 'DeleteOptions' });
    await remove(tools.services, exchange, pods, key, { ...options, dryRun: options.dryRun || query.dryRun });
    sendStatus(exchange, statusFormatOf(tools, exchange), createdStatus());
  };
}

async function readTyped(tools: ApiTools, exchange: Exchange, kind: BodyKind, query: WriteQuery) {
  const media = bodyMedia(exchange.request.headers['content-type']);
  const body = await readTypedBody(exchange.request, media, tools);
  return tools.decoder.decode(body, kind, {
    fieldValidation: query.fieldValidation,
    warn: (text) => exchange.warn(text),
  });
}
