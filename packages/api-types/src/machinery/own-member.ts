/** What a map sent by a client has under a name, which may be one that every JavaScript object answers to. */
export function ownMember<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}
