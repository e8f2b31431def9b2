/** What a proxy did instead of connecting. Says nothing that it was sent: that may be a password. */
class ProxyFault extends Error {
  override readonly name = "ProxyFault";
  readonly code = "PROXY_REFUSED";
}

/** A fault, worded as what `the proxy` did. */
export function proxyFault(what: string): Error {
  return new ProxyFault(`the proxy ${what}`);
}
