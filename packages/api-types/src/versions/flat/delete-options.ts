import { decode } from '../shape/decode';
import { int, pointer, struct } from '../shape/shape';
import { META } from './meta';

const DELETE_OPTIONS = struct('v1beta1.DeleteOptions', { ...META, gracePeriodSeconds: pointer(int) });

export function decodeDeleteOptions(legacy: Record<string, unknown>): { gracePeriodSeconds?: number } {
  const { gracePeriodSeconds } = decode(DELETE_OPTIONS, legacy);
  return gracePeriodSeconds === null ? {} : { gracePeriodSeconds };
}
