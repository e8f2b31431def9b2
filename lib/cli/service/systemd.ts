/** The program as a unit of systemd that may do what it needs, and no more. */
import { quoted as shellQuoted } from "../../replay/shell_word.ts";
import { isWithin, type ServiceFacts, type ServiceFile } from "./facts.ts";

const NAME = "llm-proxy.service";

/** Below it a port is an administrator's. */
const FIRST_FREE_PORT = 1024;

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html */
export function systemdUnit(facts: ServiceFacts): ServiceFile {
  const { writable } = facts;
  return {
    name: NAME,
    bytes: new TextEncoder().encode(unitOf(facts)),
    commands: [
      ...writable.length === 0 ? [] : [`mkdir -p -m 700 ${writable.map(shellQuoted).join(" ")}`],
      `sudo install -m 644 ${NAME} /etc/systemd/system/${NAME}`,
      "sudo systemctl daemon-reload",
      `sudo systemctl enable --now ${NAME}`,
      `systemctl status ${NAME}`,
    ],
    notes: notesOf(facts),
  };
}

function unitOf(facts: ServiceFacts): string {
  const { command, directory, stopSeconds } = facts;
  const lines = [
    "[Unit]",
    "Description=llm-proxy, one address for many LLM backends",
    "After=network-online.target",
    "Wants=network-online.target",
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${command.map(commandWord).join(" ")}`,
    "# Reads the configuration again and opens logs anew.",
    "ExecReload=/bin/kill -HUP $MAINPID",
    `WorkingDirectory=${specifiers(directory)}`,
    "Environment=DENO_NO_UPDATE_CHECK=1 NO_COLOR=1",
    ...ownerLines(facts),
    "Restart=on-failure",
    "RestartSec=2",
    "# 2 is a wrong command line, which no restart mends.",
    "RestartPreventExitStatus=2",
    "# Responses under way have limits.drain_seconds to end.",
    `TimeoutStopSec=${stopSeconds}`,
    "LimitNOFILE=65536",
    "",
    ...hardening(facts),
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ];
  return `${lines.join("\n")}\n`;
}

/** Root without capabilities is nobody much, and reads its own files; that is noted. */
function ownerLines({ owner }: ServiceFacts): readonly string[] {
  if (owner === undefined || owner.user === 0) return [];
  return [`User=${owner.user}`, `Group=${owner.group}`];
}

function hardening(facts: ServiceFacts): readonly string[] {
  const { writable, port } = facts;
  const isLow = port > 0 && port < FIRST_FREE_PORT;
  const capability = isLow ? "CAP_NET_BIND_SERVICE" : "";
  return [
    `CapabilityBoundingSet=${capability}`,
    ...isLow ? [`AmbientCapabilities=${capability}`] : [],
    "NoNewPrivileges=yes",
    "UMask=0077",
    "ProtectSystem=strict",
    ...writable.length === 0 ? [] : [`ReadWritePaths=${writable.map(pathWord).join(" ")}`],
    `ProtectHome=${touches(facts, HOMES) ? "read-only" : "yes"}`,
    ...touches(facts, TEMPORARY) ? [] : ["PrivateTmp=yes"],
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "# No MemoryDenyWriteExecute: V8 compiles what it runs.",
  ];
}

const HOMES = ["/home", "/root", "/run/user"];
const TEMPORARY = ["/tmp", "/var/tmp"];

/** Whether anything of the service is in one of those folders. */
function touches(
  { command, directory, writable }: ServiceFacts,
  folders: readonly string[],
): boolean {
  const paths = [...command.filter((word) => word.startsWith("/")), directory, ...writable];
  return paths.some((path) => folders.some((folder) => isWithin(path, folder)));
}

/** `%` begins a specifier in every value. https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Specifiers */
function specifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

/** One of several paths. */
function pathWord(text: string): string {
  const inner = specifiers(text).replace(/["\\]/g, "\\$&");
  return inner === text && /^[\w./@:+-]+$/.test(text) ? text : `"${inner}"`;
}

/** A word of a command line: `$` begins a variable in all but the executable. https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines */
function commandWord(text: string, index: number): string {
  return pathWord(index === 0 ? text : text.replaceAll("$", "$$$$"));
}

function notesOf({ owner, writable }: ServiceFacts): string[] {
  const isRoot = owner?.user === 0;
  const root =
    "It runs as root, without root's privileges, since the configuration is root's: chown " +
    "it, and its log folders, to a user of its own and run this again to have it run as that one.";
  return [
    ...isRoot ? [root] : [],
    `It may write to ${
      writable.length === 0 ? "nothing" : writable.join(", ")
    }. Run this again where ` +
    "the configuration names other folders for its logs.",
    "To reload: sudo systemctl reload llm-proxy. To stop: sudo systemctl stop llm-proxy.",
  ];
}
