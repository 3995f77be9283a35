/** The text is no selector; the message is upstream's. */
export class SelectorSyntaxError extends Error {
  override readonly name = 'SelectorSyntaxError';
}
