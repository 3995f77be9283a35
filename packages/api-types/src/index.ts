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
export { StatusError, type Status, type StatusCause, type StatusDetails } from './machinery/status';
export type { FieldSchema, Schema, TypeSchema } from './machinery/schema';
export type {
  ApiVerb,
  NameFormat,
  ResourceDefinition,
  ResourceNames,
  ResourceStrategy,
  SubresourceDefinition,
} from './machinery/resource-definition';
export type { TableCell, TableColumn, TableDefinition } from './machinery/table';
export type { KindConversion, LegacyVersion } from './machinery/conversion';

export type * from './generated/meta-v1.types';
export type * from './generated/core-v1.types';
export type * from './generated/autoscaling-v1.types';
export type * from './generated/policy-v1.types';
export type * from './generated/authentication-v1.types';
export type * from './generated/authorization-v1.types';
