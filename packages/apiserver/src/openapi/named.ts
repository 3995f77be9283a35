/** How gnostic's messages hold maps: a list of names with values. */
export interface Named<T> {
  readonly name: string;
  readonly value: T;
}

export function named<S, T>(map: Readonly<Record<string, S>> | undefined, convert: (value: S) => T): Named<T>[] {
  return Object.entries(map ?? {}).map(([name, value]) => ({ name, value: convert(value) }));
}

/** `x-` members, their values as YAML, of which JSON is a part. */
export function extensions(object: object): Named<{ readonly yaml: string }>[] {
  return Object.entries(object)
    .filter(([name, value]) => name.startsWith('x-') && value !== undefined)
    .map(([name, value]) => ({ name, value: { yaml: `${JSON.stringify(value)}\n` } }));
}

/** `{ BearerToken: [] }`, as one alternative of `security`. */
export function securityRequirement(requirement: Readonly<Record<string, readonly string[]>>): {
  additional_properties: Named<{ value: string[] }>[];
} {
  return { additional_properties: named(requirement, (scopes) => ({ value: [...scopes] })) };
}
