import type { Status } from '../../machinery/status';
import { STATUS_FIELDS, statusFromInternal, statusToInternal } from '../shared/status';
import { decode } from '../shape/decode';
import { encode } from '../shape/encode';
import { struct } from '../shape/shape';
import { API_VERSION, LIST_META, TYPE_META } from './meta';

const STATUS = struct('v1beta3.Status', { ...TYPE_META, metadata: LIST_META, ...STATUS_FIELDS });

export function encodeStatus(status: Status): Record<string, unknown> {
  return encode(STATUS, { kind: 'Status', apiVersion: API_VERSION, ...statusFromInternal(status) });
}

export function decodeStatus(legacy: Record<string, unknown>): Status {
  return statusToInternal(decode(STATUS, legacy));
}
