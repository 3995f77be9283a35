import { notAcceptable, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import type { Wanted } from '../http/negotiate';
import type { ResponseFormat } from './format';
import { LinkedJsonFormat } from './linked-json';
import { ObjectShape } from './object-shape';
import { PartialShape, type MetadataWriter, type PartialKind } from './partial-shape';
import { StoredJsonFormat } from './stored-json';
import { includeObjectParameter, TableShape } from './table-shape';
import { COMPACT_JSON, PRETTY_JSON, TextFormat, YAML, type ShapeWriter } from './text-format';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Answers in `application/vnd.kubernetes.protobuf`. */
export interface ProtobufFormats {
  readonly whole: ResponseFormat;
  partial(as: PartialKind, version: string): ResponseFormat;
}

/** Picks the format of an answer in the version inside. */
export class Formats {
  readonly json: ResponseFormat;
  /** For clients that read links: `metadata.selfLink` is written. */
  readonly #linkedJson: ResponseFormat;
  readonly #prettyJson: ResponseFormat;
  readonly #yaml: ResponseFormat;
  readonly #shaped = new Map<string, ResponseFormat>();
  readonly #encode: (resource: DescribedResource, object: EncodableObject) => Buffer;
  readonly #writeMetadata: MetadataWriter;
  readonly #nowMs: () => number;
  readonly #protobuf: ProtobufFormats | undefined;

  constructor(schemas: SchemaRegistry, nowMs: () => number, protobuf?: ProtobufFormats) {
    this.#nowMs = nowMs;
    this.#protobuf = protobuf;
    this.#encode = (resource, { object }) => schemas.codec(resource.definition.schema).encode(object);
    const metadataCodec = schemas.codec(OBJECT_META);
    this.#writeMetadata = (object) => metadataCodec.encode(object.metadata).toString('utf8');
    const objectShape = new ObjectShape(this.#encode);
    const json = new StoredJsonFormat(this.#encode);
    this.json = json;
    this.#linkedJson = new LinkedJsonFormat(json);
    this.#prettyJson = new TextFormat(objectShape, PRETTY_JSON);
    this.#yaml = new TextFormat(objectShape, YAML);
  }

  /**
   * The format for what `Accept` asked.
   * @throws StatusError
   */
  choose(wanted: Wanted, query: URLSearchParams, pretty: boolean): ResponseFormat {
    const { shape, media } = wanted;
    if (shape.as === 'object') {
      switch (media) {
        case 'json':
          return pretty ? this.#prettyJson : wanted.readsLinks === true ? this.#linkedJson : this.json;
        case 'yaml':
          return this.#yaml;
        case 'protobuf':
          return this.#protobuf?.whole ?? this.json;
      }
    }
    if (media === 'protobuf') {
      if (shape.as === 'Table' || this.#protobuf === undefined) throw notAcceptable('406: Not Acceptable', {});
      return this.#protobuf.partial(shape.as, shape.version);
    }
    const style = media === 'yaml' ? YAML : pretty ? PRETTY_JSON : COMPACT_JSON;
    if (shape.as === 'Table') {
      const includeObject = includeObjectParameter(query);
      return this.#shapedFormat(`Table/${shape.version}/${includeObject}/${style.id}`, style, () => {
        return new TableShape(
          { version: shape.version, includeObject },
          this.#encode,
          this.#writeMetadata,
          this.#nowMs,
        );
      });
    }
    return this.#shapedFormat(`${shape.as}/${shape.version}/${style.id}`, style, () => {
      return new PartialShape(shape.as as PartialKind, shape.version, this.#writeMetadata);
    });
  }

  /** What errors and Status answers are written in: shapes are for objects only. */
  chooseForStatus(wanted: Wanted, pretty: boolean): ResponseFormat {
    return this.choose({ ...wanted, shape: { as: 'object' } }, NO_QUERY, pretty);
  }

  #shapedFormat(id: string, style: typeof YAML, makeShape: () => ShapeWriter): ResponseFormat {
    let format = this.#shaped.get(id);
    if (format === undefined) {
      format = new TextFormat(makeShape(), style);
      this.#shaped.set(id, format);
    }
    return format;
  }
}

const NO_QUERY = new URLSearchParams();
