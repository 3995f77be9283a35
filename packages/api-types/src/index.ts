export {
  objectKey,
  type KubeList,
  type KubeObject,
  type ListMeta,
  type ManagedFieldsEntry,
  type ObjectMeta,
  type OwnerReference,
  type TypeMeta,
} from './machinery/object';
export type { FieldError, FieldErrorReason } from './machinery/field-error';
/** Constructors of field errors: `fieldErrors.required(path)`, `fieldErrors.invalid(path, value, detail)`, ... */
export * as fieldErrors from './machinery/field-error';
export { fieldErrorBody, fieldErrorsText, fieldErrorText } from './machinery/field-error-text';
export { StatusError, type Status, type StatusCause, type StatusDetails } from './machinery/status';
export {
  alreadyExists,
  badRequest,
  cannotBeHandled,
  conflict,
  expired,
  forbiddenError,
  internalError,
  invalidObject,
  methodNotAllowed,
  MODIFIED_TEXT,
  notAcceptable,
  notFoundError,
  payloadTooLarge,
  requestTooLarge,
  plainError,
  serviceUnavailable,
  timeoutError,
  tooLargeResourceVersion,
  tooManyRequests,
  unauthorized,
  unknownResource,
  unprocessable,
  unsupportedMediaType,
  uriTooLong,
  type GroupAndName,
} from './machinery/status-errors';
export type { FieldSchema, Schema, TypeSchema } from './machinery/schema';
export { SchemaRegistry, type Codec } from './machinery/schema-registry';
export { DecodeError } from './machinery/decode-error';
export type { Decode } from './machinery/decode';
export { encodeAny, encodeString, sortedKeys } from './machinery/go-json';
export { findDuplicateFields, findUnknownFields, strictDecodingText } from './machinery/strict';
export { deepCopy } from './machinery/deep-copy';
export { deepEqual } from './machinery/deep-equal';
export {
  canonicalQuantity,
  parseQuantity,
  Quantity,
  QuantityFormatError,
  type QuantityFormat,
} from './machinery/quantity';
export { canonicalMicroTime, canonicalTime, formatMicroTime, formatTime } from './machinery/time';
export { SelectorSyntaxError } from './machinery/selector-error';
export {
  ALL_LABELS,
  formatLabelQuery,
  labelQueryOf,
  matchesLabelMap,
  matchesLabels,
  parseLabelSelector,
  type LabelQuery,
  type LabelRequirement,
} from './machinery/label-selector';
export {
  ALL_FIELDS,
  escapeFieldValue,
  matchesFields,
  parseFieldSelector,
  unsupportedFieldText,
  type FieldSelector,
  type FieldTerm,
} from './machinery/field-selector';
/** Syntax checks of names, labels, ports: `names.dnsLabelProblems(text)`, ... */
export * as names from './machinery/names';
export { generateName, randomSuffix, uidFromBytes, type RandomInteger } from './machinery/object-names';
export { NAME_CHECKS, validateObjectMeta, validateObjectMetaUpdate } from './machinery/object-meta-validation';
export type {
  ApiVerb,
  NameFormat,
  ResourceDefinition,
  ResourceNames,
  ResourceStrategy,
  SubresourceDefinition,
} from './machinery/resource-definition';
export type { TableCell, TableColumn, TableDefinition, TableRowCondition } from './machinery/table';
export type { KindConversion, LegacyVersion } from './machinery/conversion';

export { createSchemaRegistry } from './core-schemas';
export { CORE_V1_RESOURCES, coreV1Resources } from './core/v1';
export {
  INFRA_CONTAINER_ANNOTATION,
  infraContainerAnnotation,
  infraContainerOf,
  type InfraContainer,
} from './infra-container';
export { validateBinding } from './core/v1/binding';
export { podQosClass, type PodQosClass } from './core/v1/pod-qos';
export { hasScopes, isPodInScope } from './core/v1/quota-scopes';
export { formatDuration } from './core/v1/tables/columns';
export type { PodValidationOptions } from './core/v1/validation/options';

export type * from './generated/meta-v1.types';
export type * from './generated/core-v1.types';
export type * from './generated/autoscaling-v1.types';
export type * from './generated/policy-v1.types';
export type * from './generated/authentication-v1.types';
export type * from './generated/authorization-v1.types';
export {
  decodeLegacyBody,
  LEGACY_VALIDATION,
  LEGACY_VERSIONS,
  LegacyBodyError,
  legacyCauses,
  LegacyDecodeError,
  legacyErrorsText,
  legacyErrorText,
  podOfContainerManifest,
  readLegacyBody,
  validateLegacyPodStatus,
  type LegacyApiVersion,
  type LegacyBody,
  type LegacyKind,
  type LegacyList,
  type LegacyResource,
  type LegacyShape,
  type LegacyStructShape,
  type LegacyValidation,
  type PodRules,
  type SelectableFields,
  type SelfLinkTarget,
} from './versions';
