import type { ProtobufFormats } from '../formats/formats';
import type { ProtobufCodec } from './protobuf';
import { ProtobufFormat } from './protobuf-format';
import { ProtobufPartialFormat } from './protobuf-partial-format';

/** The formats of a codec; those of metadata are made when first asked for. */
export function protobufFormats(codec: ProtobufCodec): ProtobufFormats {
  const partial = new Map<string, ProtobufPartialFormat>();
  return {
    whole: new ProtobufFormat(codec),
    partial: (as, version) => {
      const id = `${as}/${version}`;
      let format = partial.get(id);
      if (format === undefined) partial.set(id, (format = new ProtobufPartialFormat(codec, as, version)));
      return format;
    },
  };
}
