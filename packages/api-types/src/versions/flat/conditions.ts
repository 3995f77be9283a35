/** Conditions say Full and None in the flat versions, True and False since; other words pass unchanged. */
const TO_INTERNAL: Readonly<Record<string, string>> = { Full: 'True', None: 'False' };
const FROM_INTERNAL: Readonly<Record<string, string>> = { True: 'Full', False: 'None' };

export function conditionStatusToInternal(status: string): string {
  return TO_INTERNAL[status] ?? status;
}

export function conditionStatusFromInternal(status: string): string {
  return FROM_INTERNAL[status] ?? status;
}
