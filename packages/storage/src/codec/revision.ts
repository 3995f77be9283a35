/**
 * The `resourceVersion` of objects, as a number. Several writes may go to etcd in one transaction and then share etcd's
 * revision; each has a slot of its own in it, so that a watch that ended between two of them goes on with the second:
 *
 *     resourceVersion = etcd's revision * 1024 + slot
 *
 * Slots are ascending in the order of etcd's events. A put carries its slot in its value, because a range does not tell
 * it; a deletion, which has no value, takes the slot after the one of the event before it, and so does what others wrote.
 * Safe in a number up to etcd revision 2^43.
 */
const SLOTS = 1_024;

/** Slot of an event after one in slot `previous` (-1: the first of its etcd revision). */
export function nextSlot(previous: number, own: number | undefined): number {
  const slot = own !== undefined && own > previous ? own : previous + 1;
  // Only others' transactions are that large: their last events share a slot.
  return Math.min(slot, SLOTS - 1);
}

export function revisionOf(etcdRevision: number, slot: number): number {
  return etcdRevision * SLOTS + slot;
}

/** After every event of an etcd revision: the revision of a whole state. */
export function endOfRevision(etcdRevision: number): number {
  return etcdRevision * SLOTS + SLOTS - 1;
}

export function etcdRevisionOf(revision: number): number {
  return Math.floor(revision / SLOTS);
}

/** How many revisions of etcd lie between two revisions. */
export function commitsBetween(from: number, to: number): number {
  return etcdRevisionOf(to) - etcdRevisionOf(from);
}

/** The revision that lies so many revisions of etcd before another; not below 0. */
export function revisionBefore(revision: number, commits: number): number {
  return Math.max(0, revision - commits * SLOTS);
}
