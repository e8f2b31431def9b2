/** Values that nobody can change. */

/** Freezes what is in Maps too; a Map or Set itself cannot be frozen, its type is read-only. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) value.forEach(deepFreeze);
  else if (!(value instanceof Set)) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
