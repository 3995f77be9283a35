import { Document, isScalar, Scalar, visit } from 'yaml';

/** Words that YAML 1.1 takes for something else than text. */
const WORDS = /^(?:|~|null|y|n|yes|no|on|off|true|false|<<|[-+]?\.inf|\.nan)$/i;
const NUMBER = /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?0[xob][0-9a-fA-F_]+$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ])/;

/**
 * JSON text as YAML, in the form that Go's library gives it: members sorted, lists not indented, text in double quotes
 * where it would read as something else, in single quotes where it cannot stand bare.
 */
export function yamlOfJson(json: string): string {
  const document = new Document(JSON.parse(json) as unknown, {
    version: '1.1',
    sortMapEntries: true,
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && readsAsOther(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 0, singleQuote: true, directives: null });
}

function readsAsOther(text: string): boolean {
  return WORDS.test(text) || NUMBER.test(text) || BASE_60.test(text) || TIMESTAMP.test(text);
}
