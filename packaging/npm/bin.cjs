#!/usr/bin/env node
/** Starts the program of app/ with the Deno that npm has installed beside this package. */
"use strict";

const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const flags = require("./flags.json");

/** Those that end a program; what the terminal or a supervisor sends to us is meant for it. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Deno's own launcher cannot pass signals on, so its binary is started without it. */
function denoPath() {
  const system = os.platform() + "-" + os.arch() + (os.platform() === "linux" ? "-glibc" : "");
  const name = os.platform() === "win32" ? "deno.exe" : "deno";
  try {
    const near = path.dirname(require.resolve("deno/package.json"));
    const packaged = require.resolve("@deno/" + system + "/package.json", { paths: [near] });
    const file = path.join(path.dirname(packaged), name);
    if (existsSync(file)) return file;
  } catch {
    // Said below.
  }
  // deno-lint-ignore no-console
  console.error(
    "llm-proxy: Deno for " + system + " is not installed beside this package. It exists for " +
      "linux (glibc, not Alpine's musl), darwin and win32, each x64 and arm64; install again " +
      "without --omit=optional.",
  );
  process.exit(1);
}

function main() {
  const deno = denoPath();
  const app = path.join(__dirname, "app", "main.js");
  const args = ["run", ...flags, app, ...process.argv.slice(2)];
  if (os.platform() !== "win32" && typeof process.execve === "function") {
    // Node is replaced (22.15 and later): nothing waits, and signals arrive where they should.
    process.execve(deno, [deno, ...args], process.env);
  }
  const child = spawn(deno, args, { stdio: "inherit" });
  // A console of Windows tells every process by itself; there, to pass a signal on is to kill.
  const pass = os.platform() === "win32" ? () => {} : (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  child.on("error", (cause) => {
    // deno-lint-ignore no-console
    console.error("llm-proxy: cannot start " + deno + ": " + cause.message);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

main();
