import { badRequest, invalidObject, type KubeObject } from '@kubernetes-mesos/api-types';
import type { ObjectKey } from '@kubernetes-mesos/storage';
import { create } from '../endpoints/create';
import { deletionStatus, remove } from '../endpoints/delete';
import { removeCollection } from '../endpoints/delete-collection';
import { deleteOptions, type DeleteOptions } from '../endpoints/delete-options';
import { get } from '../endpoints/get';
import { list } from '../endpoints/list';
import { listOptions } from '../endpoints/list-options';
import { applyConfiguration, patch, type FromData } from '../endpoints/patch';
import { keyOf, type EncodableObject, type ServedResource } from '../endpoints/served-resource';
import { mainTarget, update, type UpdateTarget } from '../endpoints/update';
import { writeQuery, type WriteQuery } from '../endpoints/write-options';
import { programOf } from '../patch/apply/update-tracker';
import { APPLY_MEDIA, patchProblems, readApply, readPatch, unsupportedPatch } from '../patch/patches';
import type { BodyKind } from './body-decoder';
import type { Exchange } from './exchange';
import { bodyMedia, mediaType, BodySyntaxError } from './parse-body';
import { readBody, readTypedBody, typedBody, valueOf } from './read-body';
import { isWatch, type Place } from './resource-routes';
import { sendBody, sendParts, sendStatus } from './responder';
import type { ApiTools } from './surface';
import { statusFormatOf, formatOf } from './wanted-format';
import { serveWatch } from './serve-watch';

/** The generic verbs of one resource over HTTP: reads options and bodies, calls the verb, writes the answer. */
export class ResourceHandlers {
  readonly #tools: ApiTools;
  readonly #resource: ServedResource;
  readonly #bodyKind: BodyKind;

  constructor(tools: ApiTools, resource: ServedResource) {
    this.#tools = tools;
    this.#resource = resource;
    this.#bodyKind = {
      kind: resource.definition.names.kind,
      apiVersion: resource.apiVersion,
      schema: resource.definition.schema,
    };
  }

  readonly get = async (exchange: Exchange, place: Place): Promise<void> => {
    const format = formatOf(this.#tools, exchange);
    const stored = await get(this.#resource, this.#key(place), exchange.query.get('resourceVersion') ?? '');
    sendBody(exchange, 200, format.contentType, format.object(this.#resource, stored));
  };

  readonly listOrWatch = async (exchange: Exchange, place: Place): Promise<void> => {
    if (isWatch(exchange)) return this.watch(exchange, place);
    const format = formatOf(this.#tools, exchange);
    const result = await list(this.#resource, place.namespace, listOptions(exchange.query));
    await sendParts(exchange, 200, format.contentType, format.list(this.#resource, result));
  };

  readonly watch = (exchange: Exchange, place: Place): Promise<void> =>
    serveWatch(this.#tools, exchange, this.#resource, place);

  readonly create = async (exchange: Exchange, place: Place): Promise<void> => {
    const format = formatOf(this.#tools, exchange);
    const query = writeQuery(exchange.query, 'CreateOptions');
    const object = await this.#readObject(exchange, query);
    const created = await create(this.#tools.services, exchange, this.#resource, place.namespace, object, query);
    sendBody(exchange, 201, format.contentType, format.object(this.#resource, created));
  };

  readonly update = (exchange: Exchange, place: Place): Promise<void> =>
    this.updateTarget(exchange, place, mainTarget(this.#resource));

  async updateTarget(exchange: Exchange, place: Place, target: UpdateTarget): Promise<void> {
    const format = formatOf(this.#tools, exchange);
    const query = managed(exchange, writeQuery(exchange.query, 'UpdateOptions'));
    const object = await this.#readObject(exchange, query);
    const { services } = this.#tools;
    const result = await update(services, exchange, this.#resource, this.#key(place), target, object, query);
    const body = format.object(this.#resource, result.object);
    sendBody(exchange, result.isCreated ? 201 : 200, format.contentType, body);
  }

  readonly patch = (exchange: Exchange, place: Place): Promise<void> =>
    this.patchTarget(exchange, place, mainTarget(this.#resource));

  async patchTarget(exchange: Exchange, place: Place, target: UpdateTarget): Promise<void> {
    const format = formatOf(this.#tools, exchange);
    const query = writeQuery(exchange.query, 'PatchOptions');
    const media = mediaType(exchange.request.headers['content-type']);
    const { services, patches, limits } = this.#tools;
    const key = this.#key(place);
    if (media === APPLY_MEDIA) {
      if (patches.apply === undefined) throw unsupportedPatch();
      const options = { fieldValidation: query.fieldValidation, warn: (text: string) => exchange.warn(text) };
      const asked = await readTypedBody(exchange.request, 'yaml', this.#tools);
      const applied = readApply(asked, limits.nesting, options);
      const intent = { ...query, force: query.force ?? false };
      const result = await applyConfiguration(
        services,
        exchange,
        this.#resource,
        key,
        target,
        patches.apply,
        applied,
        this.#fromData,
        intent,
      );
      const body = format.object(this.#resource, result.object);
      sendBody(exchange, result.isCreated ? 201 : 200, format.contentType, body);
      return;
    }
    if (query.force !== undefined) {
      throw invalidObject({ group: 'meta.k8s.io', name: 'PatchOptions' }, '', [
        { reason: 'FieldValueForbidden', field: 'force', detail: 'may not be specified for non-apply patch' },
      ]);
    }
    const body = await readBody(exchange.request, limits.bodyBytes);
    const apply = readPatch(media, body, this.#bodyKind.schema, patches, limits.nesting);
    const patched = await patch(
      services,
      exchange,
      this.#resource,
      key,
      target,
      apply,
      query.fieldValidation === 'Ignore'
        ? this.#fromData
        : this.#fromPatched(exchange, query, patchProblems(media, body)),
      managed(exchange, query),
    );
    sendBody(exchange, 200, format.contentType, format.object(this.#resource, patched));
  }

  readonly delete = async (exchange: Exchange, place: Place): Promise<void> => {
    const format = formatOf(this.#tools, exchange);
    const options = await this.#readDeleteOptions(exchange);
    const deletion = await remove(this.#tools.services, exchange, this.#resource, this.#key(place), options);
    this.#sendDeleted(exchange, format, deletion.kind, deletion.object, options);
  };

  readonly deleteCollection = async (exchange: Exchange, place: Place): Promise<void> => {
    const format = formatOf(this.#tools, exchange);
    const selection = listOptions(exchange.query);
    const options = await this.#readDeleteOptions(exchange);
    const { services } = this.#tools;
    const result = await removeCollection(services, exchange, this.#resource, place.namespace, selection, options);
    await sendParts(exchange, 200, format.contentType, format.list(this.#resource, result));
  };

  #sendDeleted(
    exchange: Exchange,
    format: ReturnType<typeof formatOf>,
    kind: 'held' | 'removed',
    object: EncodableObject,
    options: DeleteOptions,
  ): void {
    const answersObject =
      kind === 'held' || options.dryRun || this.#resource.definition.strategy.deleteAnswers === 'object';
    if (answersObject) {
      sendBody(exchange, 200, format.contentType, format.object(this.#resource, object));
    } else {
      sendStatus(exchange, statusFormatOf(this.#tools, exchange), deletionStatus(this.#resource, object.object), 200);
    }
  }

  async #readObject(exchange: Exchange, query: WriteQuery): Promise<KubeObject> {
    const media = bodyMedia(exchange.request.headers['content-type']);
    const body = await readTypedBody(exchange.request, media, this.#tools);
    const object = this.#tools.decoder.decode(body, this.#bodyKind, {
      fieldValidation: query.fieldValidation,
      warn: (text) => exchange.warn(text),
    });
    this.#resource.definition.strategy.applyDefaults(object);
    return object;
  }

  readonly #fromData = (data: Record<string, unknown>): KubeObject => {
    const object = this.#tools.decoder.fromData(data, this.#bodyKind);
    this.#resource.definition.strategy.applyDefaults(object);
    return object;
  };

  /** The same for the outcome of a patch, whose fields are checked as the client asked. */
  #fromPatched(exchange: Exchange, { fieldValidation }: WriteQuery, problems: readonly string[]): FromData {
    const options = { fieldValidation, warn: (text: string) => exchange.warn(text) };
    return (data) => {
      this.#tools.decoder.checkPatched(data, this.#bodyKind, options, problems);
      return this.#fromData(data);
    };
  }

  async #readDeleteOptions(exchange: Exchange): Promise<DeleteOptions> {
    const { decoder, limits } = this.#tools;
    const bytes = await readBody(exchange.request, limits.bodyBytes);
    if (bytes.length === 0) return deleteOptions(exchange.query, undefined);
    const body = await typedBody(bytes, bodyMedia(exchange.request.headers['content-type']), this.#tools);
    try {
      if (body.media === 'protobuf') return deleteOptions(exchange.query, decoder.parse(body, 'DeleteOptions'));
      return deleteOptions(exchange.query, valueOf(body, limits.nesting));
    } catch (error) {
      if (!(error instanceof BodySyntaxError)) throw error;
      throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
    }
  }

  #key(place: Place): ObjectKey {
    return keyOf(this.#resource, place.namespace, place.name);
  }
}

/** A write that names no manager is its program's. */
function managed(exchange: Exchange, query: WriteQuery): WriteQuery {
  return { ...query, program: programOf(exchange.request.headers['user-agent']) };
}
