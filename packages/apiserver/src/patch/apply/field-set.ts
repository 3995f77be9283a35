import { compareSortKeys, isPathElement, sortKeyOf, type PathElement } from './path-element';

/** `fieldsV1` that nobody could have been given. */
export class FieldsSyntaxError extends Error {
  override readonly name = 'FieldsSyntaxError';
}

interface Node {
  /** The place itself is in the set, not just something below it. */
  member: boolean;
  children: FieldSet | undefined;
}

/** A set of places in an object, as a tree. Mutable while it is built; operations make new sets. */
export class FieldSet {
  readonly #nodes = new Map<PathElement, Node>();

  get isEmpty(): boolean {
    for (const { member, children } of this.#nodes.values()) {
      if (member || children?.isEmpty === false) return false;
    }
    return true;
  }

  /** Adds the place one step below. */
  insert(element: PathElement): void {
    this.#node(element).member = true;
  }

  /** The set of what is below one step; made when there is none. */
  child(element: PathElement): FieldSet {
    const node = this.#node(element);
    node.children ??= new FieldSet();
    return node.children;
  }

  has(element: PathElement): boolean {
    return this.#nodes.get(element)?.member === true;
  }

  /** Whether the place or anything below it is in the set. */
  reaches(element: PathElement): boolean {
    const node = this.#nodes.get(element);
    return node !== undefined && (node.member || node.children?.isEmpty === false);
  }

  below(element: PathElement): FieldSet | undefined {
    return this.#nodes.get(element)?.children;
  }

  union(other: FieldSet): FieldSet {
    const result = this.copy();
    result.#absorb(other);
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const [element, { member, children }] of this.#nodes) {
      if (member && other.has(element)) result.insert(element);
      const below = other.below(element);
      if (children === undefined || below === undefined) continue;
      result.#adopt(element, children.intersection(below));
    }
    return result;
  }

  difference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const [element, { member, children }] of this.#nodes) {
      if (member && !other.has(element)) result.insert(element);
      if (children === undefined) continue;
      const below = other.below(element);
      result.#adopt(element, below === undefined ? children.copy() : children.difference(below));
    }
    return result;
  }

  /** Without every place that is in `other` or below a place in it. */
  without(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const [element, { member, children }] of this.#nodes) {
      if (other.has(element)) continue;
      if (member) result.insert(element);
      if (children === undefined) continue;
      const below = other.below(element);
      result.#adopt(element, below === undefined ? children.copy() : children.without(below));
    }
    return result;
  }

  copy(): FieldSet {
    const result = new FieldSet();
    result.#absorb(this);
    return result;
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty && other.difference(this).isEmpty;
  }

  /** Every place, as upstream lists them: first those one step below, then what is inside each of these. */
  *paths(prefix: readonly PathElement[] = []): Generator<readonly PathElement[]> {
    const sorted = this.#sorted();
    for (const [element, { member }] of sorted) if (member) yield [...prefix, element];
    for (const [element, { children }] of sorted) {
      if (children !== undefined) yield* children.paths([...prefix, element]);
    }
  }

  /** `fieldsV1` */
  toFields(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const [element, { member, children }] of this.#sorted()) {
      const below = children?.isEmpty === false ? children.toFields() : undefined;
      if (below === undefined && !member) continue;
      fields[element] = below === undefined ? {} : member ? { '.': {}, ...below } : below;
    }
    return fields;
  }

  /**
   * Reads `fieldsV1`; what is no object there is taken for an empty one.
   * @throws FieldsSyntaxError
   */
  static fromFields(fields: unknown): FieldSet {
    const set = new FieldSet();
    if (!isPlainObject(fields)) return set;
    for (const [element, below] of Object.entries(fields)) {
      if (element === '.') continue;
      if (!isPathElement(element)) throw new FieldsSyntaxError(`no path element: ${element}`);
      const inner = isPlainObject(below) ? below : {};
      const names = Object.keys(inner);
      if (names.length === 0 || Object.hasOwn(inner, '.')) set.insert(element);
      if (names.some((name) => name !== '.')) set.#adopt(element, FieldSet.fromFields(inner));
    }
    return set;
  }

  #absorb(other: FieldSet): void {
    for (const [element, { member, children }] of other.#nodes) {
      if (member) this.insert(element);
      if (children !== undefined) this.child(element).#absorb(children);
    }
  }

  #adopt(element: PathElement, children: FieldSet): void {
    if (!children.isEmpty) this.#node(element).children = children;
  }

  #node(element: PathElement): Node {
    let node = this.#nodes.get(element);
    if (node === undefined) {
      node = { member: false, children: undefined };
      this.#nodes.set(element, node);
    }
    return node;
  }

  #sorted(): [PathElement, Node][] {
    return [...this.#nodes]
      .map((entry) => ({ entry, key: sortKeyOf(entry[0]) }))
      .sort((a, b) => compareSortKeys(a.key, b.key))
      .map(({ entry }) => entry);
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
