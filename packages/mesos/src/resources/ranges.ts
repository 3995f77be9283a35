/** Sets of whole numbers as inclusive ranges, e.g. ports. The functions take any list and return normal form. */

/** Inclusive at both ends. */
export interface NumberRange {
  readonly begin: number;
  readonly end: number;
}

/** Sorted, without overlap, neighbours joined, empty ranges dropped. */
export function normalizeRanges(ranges: readonly NumberRange[]): NumberRange[] {
  const sorted = ranges.filter((range) => range.begin <= range.end).sort((a, b) => a.begin - b.begin);
  const result: NumberRange[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || range.begin > last.end + 1) result.push({ begin: range.begin, end: range.end });
    else if (range.end > last.end) result[result.length - 1] = { begin: last.begin, end: range.end };
  }
  return result;
}

export function addRanges(a: readonly NumberRange[], b: readonly NumberRange[]): NumberRange[] {
  return normalizeRanges([...a, ...b]);
}

/** What is in `a` and not in `b`. */
export function subtractRanges(a: readonly NumberRange[], b: readonly NumberRange[]): NumberRange[] {
  let rest = normalizeRanges(a);
  for (const cut of normalizeRanges(b)) {
    rest = rest.flatMap((range) =>
      cut.end < range.begin || cut.begin > range.end
        ? [range]
        : [
            { begin: range.begin, end: cut.begin - 1 },
            { begin: cut.end + 1, end: range.end },
          ].filter((piece) => piece.begin <= piece.end),
    );
  }
  return rest;
}

/** Whether every number of `b` is in `a`. */
export function containsRanges(a: readonly NumberRange[], b: readonly NumberRange[]): boolean {
  return subtractRanges(b, a).length === 0;
}

export function rangesInclude(ranges: readonly NumberRange[], value: number): boolean {
  return ranges.some((range) => range.begin <= value && value <= range.end);
}

/** How many numbers the ranges hold. */
export function countRanges(ranges: readonly NumberRange[]): number {
  return normalizeRanges(ranges).reduce((sum, range) => sum + range.end - range.begin + 1, 0);
}

/** `31000-32000,33000`; `none` for nothing. */
export function formatRanges(ranges: readonly NumberRange[]): string {
  const parts = normalizeRanges(ranges).map((range) =>
    range.begin === range.end ? String(range.begin) : `${range.begin}-${range.end}`,
  );
  return parts.length === 0 ? 'none' : parts.join(',');
}
