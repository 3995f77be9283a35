/** Where list elements go when a patch is merged: upstream's rules, which users of kubectl rely on. */

/** Identity of a list element: the value of its merge key, or the value itself. */
export type ElementId = (element: unknown) => unknown;

/**
 * Brings the elements of a merged list into order. Those that the patch names come in the patch's order, the others in
 * the server's; the two are interleaved so that an element of the server stays in front of a patched one only where it
 * was so on the server. A new element thus comes before what it has no order with.
 */
export function orderElements(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  idOf: ElementId,
): unknown[] {
  const patchIndex = indexById(patchOrder, idOf);
  const serverIndex = indexById(serverOrder, idOf);
  const fromPatch = merged.filter((element) => patchIndex.has(idOf(element)));
  const serverOnly = merged.filter((element) => !patchIndex.has(idOf(element)));
  sortBy(fromPatch, patchIndex, idOf);
  sortBy(serverOnly, serverIndex, idOf);
  return interleave(serverOnly, fromPatch, serverIndex, idOf);
}

function interleave(
  serverOnly: readonly unknown[],
  fromPatch: readonly unknown[],
  serverIndex: ReadonlyMap<unknown, number>,
  idOf: ElementId,
): unknown[] {
  const result: unknown[] = [];
  let left = 0;
  let right = 0;
  while (left < serverOnly.length && right < fromPatch.length) {
    const leftAt = serverIndex.get(idOf(serverOnly[left]));
    const rightAt = serverIndex.get(idOf(fromPatch[right]));
    if (leftAt !== undefined && rightAt !== undefined && leftAt < rightAt) result.push(serverOnly[left++]);
    else result.push(fromPatch[right++]);
  }
  return [...result, ...serverOnly.slice(left), ...fromPatch.slice(right)];
}

function indexById(elements: readonly unknown[], idOf: ElementId): Map<unknown, number> {
  const index = new Map<unknown, number>();
  elements.forEach((element, at) => {
    const id = idOf(element);
    if (!index.has(id)) index.set(id, at);
  });
  return index;
}

function sortBy(elements: unknown[], index: ReadonlyMap<unknown, number>, idOf: ElementId): void {
  elements.sort((a, b) => (index.get(idOf(a)) ?? elements.length) - (index.get(idOf(b)) ?? elements.length));
}
