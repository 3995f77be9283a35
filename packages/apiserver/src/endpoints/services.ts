import type { AdmissionChain } from '../admission/admission';

/** What all verbs share, wired once by the server. */
export interface VerbServices {
  readonly admission: AdmissionChain;
}

/** How a write was asked for: query parameters common to POST, PUT, PATCH and DELETE. */
export interface WriteIntent {
  /** `dryRun=All`: everything but the write. */
  readonly dryRun: boolean;
  /** Who owns the written fields; `''` when not said. */
  readonly fieldManager: string;
}

export const PLAIN_WRITE: WriteIntent = { dryRun: false, fieldManager: '' };
