/** Names of roles: paths of components, or `*`. */

/** What is wrong with a role's name; `undefined` when it is fine. */
export function roleNameError(role: string): string | undefined {
  if (role === '*') return undefined;
  if (role === '') return 'Empty role name is invalid';
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  for (const component of role.split('/')) {
    if (component === '') return `Role '${role}' cannot contain two adjacent slashes`;
    if (component === '.' || component === '..') return `Role '${role}' cannot include '${component}' as a component`;
    if (component === '*') return `Role '${role}' cannot include '*' as a component`;
    if (component.startsWith('-')) return `Role component '${component}' is invalid because it begins with a dash`;
    // eslint-disable-next-line no-control-regex -- backspace and DEL are what Mesos refuses
    if (/[\s\x08\x7f]/.test(component)) {
      return `Role component '${component}' is invalid because it contains backspace or whitespace`;
    }
  }
  return undefined;
}
