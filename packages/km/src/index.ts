export { main } from './main';
export { dispatch, type Dispatch } from './dispatch';
export { ROLES } from './roles';
export type { RoleEntry } from './roles/role-entry';
