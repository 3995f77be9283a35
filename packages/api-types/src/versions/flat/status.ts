import type { Status } from '../../machinery/status';
import { STATUS_FIELDS, statusFromInternal, statusToInternal } from '../shared/status';
import { decode } from '../shape/decode';
import { encode } from '../shape/encode';
import { struct } from '../shape/shape';
import { META, type FlatDialect } from './meta';

const STATUS = struct('v1beta1.Status', { ...META, ...STATUS_FIELDS });

export function encodeStatus(status: Status, { apiVersion }: FlatDialect): Record<string, unknown> {
  return encode(STATUS, { kind: 'Status', apiVersion, ...statusFromInternal(status) });
}

export function decodeStatus(legacy: Record<string, unknown>): Status {
  return statusToInternal(decode(STATUS, legacy));
}
