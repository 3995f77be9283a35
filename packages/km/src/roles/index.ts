import { apiserver } from './apiserver';
import { controllerManager } from './controller-manager';
import { executor } from './executor';
import type { RoleEntry } from './role-entry';
import { scheduler } from './scheduler';

/** Every role, in the order of `km --help`. */
export const ROLES: readonly RoleEntry[] = [apiserver, controllerManager, scheduler, executor];
