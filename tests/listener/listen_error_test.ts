import assert from "node:assert/strict";
import { listenError } from "../../lib/listener/listen_error.ts";

function said(cause: Error, hostname = "127.0.0.1", port = 80): string {
  return listenError({ hostname, port }, cause).message;
}

Deno.test("cases 14: listenError() says what to do about a port that needs a privilege", () => {
  for (
    const cause of [
      new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
      Object.assign(new Error("listen EACCES: permission denied 127.0.0.1:80"), { code: "EACCES" }),
    ]
  ) {
    assert.equal(
      said(cause, ""),
      ":80: ports below 1024 need a privilege. On Linux: sudo setcap cap_net_bind_service=+ep on the " +
        "program's file, or AmbientCapabilities=CAP_NET_BIND_SERVICE in its systemd unit; elsewhere " +
        "run it as an administrator, or change listen",
    );
    assert.match(
      said(cause, "::1", 8080),
      /^\[::1\]:8080: the system does not allow it\. Look at its/,
    );
  }
});

Deno.test("cases 14: listenError() says what is wrong with an address", () => {
  const inUse = new Deno.errors.AddrInUse("Address already in use (os error 98)");
  const foreign = new Deno.errors.AddrNotAvailable("Cannot assign requested address (os error 99)");
  const unknown = new Error("failed to lookup address information: Name or service not known");
  assert.equal(
    said(inUse),
    "127.0.0.1:80: the address is in use. Stop the other program, or change listen",
  );
  assert.match(said(foreign, "192.0.2.1"), /^192\.0\.2\.1:80: this machine has no such address\. /);
  assert.match(said(unknown, "box"), /^box:80: no address is known for that name\. /);
});
