/** Has the runtime read the roots that TLS trusts, while there are descriptors to read them with. */

/**
 * Deno reads what `DENO_CERT`, `NODE_EXTRA_CA_CERTS` and `DENO_TLS_CA_STORE` name with an event loop's
 * first TLS connection. Where no descriptor is left then, it goes without these roots until the loop
 * ends (2.9.6), and every backend they vouch for stays unreachable. Takes half a millisecond.
 */
export function readTrustedRoots(): void {
  try {
    Deno.createHttpClient({}).close();
  } catch {
    // A file that is no certificate: each connection tells it.
  }
}
