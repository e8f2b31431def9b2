/**
 * Whether the name is a property of every JavaScript object. Nothing may be called so: names are
 * kept in Maps here, but they travel on into logs and pages that others read with plain objects.
 */
export function isReserved(name: string): boolean {
  return ["__proto__", "constructor", "hasOwnProperty"].includes(name);
}
