import { JSON_MEDIA_TYPE, PROTOBUF_MEDIA_TYPE, type MediaType } from '@kubernetes-mesos/mesos';

/**
 * Chooses the response's encoding: JSON whenever it is acceptable (also for a missing header and for wildcards), else
 * protobuf, else `undefined` (406). The header is read as a list: some clients send it twice.
 */
export function negotiate(accept: string | undefined): MediaType | undefined {
  if (accept === undefined || accept.trim() === '') return JSON_MEDIA_TYPE;
  let protobuf = false;
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue;
    if (range === JSON_MEDIA_TYPE || range === '*/*' || range === 'application/*') return JSON_MEDIA_TYPE;
    if (range === PROTOBUF_MEDIA_TYPE) protobuf = true;
  }
  return protobuf ? PROTOBUF_MEDIA_TYPE : undefined;
}
