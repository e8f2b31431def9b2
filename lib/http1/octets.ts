/** Which bytes may stand where in a head. */

/** A byte's place holds 1 where it belongs to the class. */
export type OctetClass = Readonly<Uint8Array>;

/** What names and methods are made of. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export const TOKEN: OctetClass = octetsIn(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/);

/** What values and reasons are made of: no control character but the tab (section 5.5). */
export const TEXT: OctetClass = octetsIn(/[\t\x20-\x7e\x80-\xff]/);

/** What targets are made of: ASCII alone, and no space (RFC 9112, section 3.2). */
export const VISIBLE: OctetClass = octetsIn(/[\x21-\x7e]/);

export const BLANK: OctetClass = octetsIn(/[\t ]/);

function octetsIn(pattern: RegExp): OctetClass {
  return Uint8Array.from(
    { length: 256 },
    (_, byte) => pattern.test(String.fromCharCode(byte)) ? 1 : 0,
  );
}

/** Where a run of bytes of that class ends: the first other one's place, or `to`. */
export function runEnd(
  octets: OctetClass,
  bytes: Uint8Array,
  from: number,
  to = bytes.length,
): number {
  let at = from;
  while (at < to && octets[bytes[at]!] === 1) at++;
  return at;
}

export const [LF, CR, SPACE, COLON, SEMICOLON] = [0x0a, 0x0d, 0x20, 0x3a, 0x3b] as const;
