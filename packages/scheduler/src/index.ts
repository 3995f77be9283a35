export { schedulerRole } from './scheduler-role';
