import type { KubeObject } from './object';

/** A served API version that is not the one inside. */
export type LegacyVersion = 'v1beta1' | 'v1beta2' | 'v1beta3';

/**
 * A pair of pure functions between one kind's internal form (`v1`) and one older version. Nothing known is lost:
 * `toInternal(fromInternal(x))` equals `x` for every valid `x`, as far as the older version can carry it.
 * Decoding applies that version's own defaults (they differ from v1's); encoding writes its field order and nulls.
 */
export interface KindConversion {
  readonly kind: string;
  /** The kind's name in that version (`Minion` for Node). */
  readonly legacyKind: string;
  toInternal(legacy: Record<string, unknown>): KubeObject;
  fromInternal(object: KubeObject): Record<string, unknown>;
}
