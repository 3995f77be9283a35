export { controllerManagerRole } from './role';
