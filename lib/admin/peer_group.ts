/** Which addresses are one peer: a site has a whole IPv6 network, and an IPv4 address two spellings. */

/** An IPv4 address, or the first 64 bits of an IPv6 one: https://www.rfc-editor.org/rfc/rfc6177 */
export function peerGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [front = "", back] = address.toLowerCase().replace(/%.*$/, "").split("::");
  const [first, last] = [front, back ?? ""].map((part) => part === "" ? [] : part.split(":"));
  const zeros = back === undefined ? 0 : 8 - (first?.length ?? 0) - (last?.length ?? 0);
  const groups = [...first ?? [], ...Array(Math.max(0, zeros)).fill("0"), ...last ?? []];
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
