import type { LegacyVersion } from '../machinery/conversion';
import type { LegacyApiVersion } from './legacy-api-version';
import { v1beta1 } from './v1beta1';
import { v1beta2 } from './v1beta2';
import { v1beta3 } from './v1beta3';

export type { LegacyApiVersion, LegacyList, SelectorParameters, SelfLinkTarget } from './legacy-api-version';
export type { LegacyKind } from './legacy-kind';
export type { LegacyResource } from './resources';
export { podOfContainerManifest } from './flat/container-manifest';
export type { SelectableFields } from './selectable-fields';
export type { Shape as LegacyShape, StructShape as LegacyStructShape } from './shape/shape';
export { LegacyDecodeError } from './shape/errors';
export { LegacyBodyError, decodeLegacyBody, readLegacyBody, type LegacyBody } from './body/body';
export {
  LEGACY_VALIDATION,
  legacyCauses,
  legacyErrorsText,
  legacyErrorText,
  validateLegacyPodStatus,
  type LegacyValidation,
  type PodRules,
} from './validation';

/** The API versions of release 0.14, each a set of pure functions over the internal objects. */
export const LEGACY_VERSIONS: Readonly<Record<LegacyVersion, LegacyApiVersion>> = { v1beta1, v1beta2, v1beta3 };
