import type { AdmissionChain } from '../admission/admission';
import type { UpdateTracker } from '../patch/apply/update-tracker';

/** What all verbs share, wired once by the server. */
export interface VerbServices {
  readonly admission: AdmissionChain;
  /** Keeps managed fields true where objects have been applied. */
  readonly fields?: UpdateTracker;
}

/** How a write was asked for: query parameters common to POST, PUT, PATCH and DELETE. */
export interface WriteIntent {
  /** `dryRun=All`: everything but the write. */
  readonly dryRun: boolean;
  /** Who owns the written fields; `''` when not said. */
  readonly fieldManager: string;
  /** The client's program, which owns them where managed fields are kept already. */
  readonly program?: string;
  /** Managed fields are the write's own business: an apply. */
  readonly isApply?: boolean;
}

export const PLAIN_WRITE: WriteIntent = { dryRun: false, fieldManager: '' };
