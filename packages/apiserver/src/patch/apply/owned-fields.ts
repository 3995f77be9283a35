import { FieldSet } from './field-set';

/** What nobody owns: the identity of an object and what the server alone says of it. */
const NEVER_OWNED = FieldSet.fromFields({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
    'f:deletionTimestamp': {},
    'f:deletionGracePeriodSeconds': {},
  },
});

const STATUS = FieldSet.fromFields({ 'f:status': {} });
/** What a write of the status leaves as it is; labels and annotations it may change. */
const NOT_OF_STATUS = FieldSet.fromFields({ 'f:spec': {}, 'f:metadata': { 'f:ownerReferences': {} } });

/** The part of a set that a write of the object, or of its `status`, may own. */
export function ownable(set: FieldSet, subresource: string): FieldSet {
  return set.difference(NEVER_OWNED).without(subresource === 'status' ? NOT_OF_STATUS : STATUS);
}
