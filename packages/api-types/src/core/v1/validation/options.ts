/** What a cluster's operator decides about pods. */
export interface PodValidationOptions {
  /** Containers may be privileged (`--allow-privileged`). */
  readonly allowPrivileged: boolean;
}
