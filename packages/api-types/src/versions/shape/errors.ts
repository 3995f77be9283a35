/**
 * A request body that an older version's decoder refuses. `message` is the decoder's own text; the frame around it
 * (`Pod in version v1beta1 cannot be handled as a Pod: ...`) depends on where the body came in.
 */
export class LegacyDecodeError extends Error {
  override readonly name = 'LegacyDecodeError';
}
