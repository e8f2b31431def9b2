/** The program as an agent of launchd: it starts when its user logs in. */
import { quoted } from "../../replay/shell_word.ts";
import type { ServiceFacts, ServiceFile } from "./facts.ts";
import { xmlText } from "./xml.ts";

const LABEL = "llm-proxy";
const NAME = `${LABEL}.plist`;
const PLACE = `~/Library/LaunchAgents/${NAME}`;

/** https://keith.github.io/xcode-man-pages/launchd.plist.5.html */
export function launchdPlist(facts: ServiceFacts): ServiceFile {
  const { writable } = facts;
  return {
    name: NAME,
    bytes: new TextEncoder().encode(plistOf(facts)),
    commands: [
      ...writable.length === 0 ? [] : [`mkdir -p -m 700 ${writable.map(quoted).join(" ")}`],
      `plutil -lint ${NAME}`,
      `install -m 600 ${NAME} ${PLACE}`,
      `launchctl bootstrap gui/$(id -u) ${PLACE}`,
      `launchctl print gui/$(id -u)/${LABEL}`,
    ],
    notes: notesOf(),
  };
}

/** An interactive process is not throttled; of files launchd gives 256 where nobody asks for more. */
function plistOf({ command, directory, stopSeconds }: ServiceFacts): string {
  const words = command.map((word) => `    <string>${xmlText(word)}</string>`).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>WorkingDirectory</key>
  <string>${xmlText(directory)}</string>
  <key>EnvironmentVariables</key>
  <dict>
    <key>DENO_NO_UPDATE_CHECK</key>
    <string>1</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>5</integer>
  <key>ExitTimeOut</key>
  <integer>${stopSeconds}</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>SoftResourceLimits</key>
  <dict>
    <key>NumberOfFiles</key>
    <integer>8192</integer>
  </dict>
  <key>HardResourceLimits</key>
  <dict>
    <key>NumberOfFiles</key>
    <integer>8192</integer>
  </dict>
</dict>
</plist>
`;
}

function notesOf(): readonly string[] {
  return [
    `To reload: launchctl kill HUP gui/$(id -u)/${LABEL}. To stop: launchctl bootout gui/$(id -u)/${LABEL}.`,
  ];
}
