/** Whether a path is one of an API version of 2015 but v1: refusals there are the plain texts of that time. */
export function isOldVersionPath(path: string): boolean {
  return path.startsWith('/api/v1beta');
}
