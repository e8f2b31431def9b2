/**
 * The program as a task of the Windows Task Scheduler that starts with the machine. `sc.exe` starts only
 * programs that answer the service manager, which a console program does not (error 1053); wrappers that
 * do have to be downloaded and trusted, and the Task Scheduler is there.
 */
import type { ServiceFacts, ServiceFile } from "./facts.ts";
import { xmlText } from "./xml.ts";

const NAME = "llm-proxy.task.xml";

/** https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema */
export function windowsTask(facts: ServiceFacts): ServiceFile {
  return {
    name: NAME,
    bytes: utf16(taskOf(facts).replaceAll("\n", "\r\n")),
    commands: [
      `schtasks /create /tn llm-proxy /xml ${NAME}`,
      "schtasks /run /tn llm-proxy",
      "schtasks /query /tn llm-proxy /v /fo list",
    ],
    notes: notesOf(),
  };
}

/** S4U runs it as its user, who need not be logged in and whose password is not kept. */
function taskOf({ command, directory, userName }: ServiceFacts): string {
  const [executable = "", ...args] = command;
  const user = userName === "" ? "" : `\n      <UserId>${xmlText(userName)}</UserId>`;
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>llm-proxy, one address for many LLM backends</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Enabled>true</Enabled>
    </BootTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">${user}
      <LogonType>S4U</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xmlText(executable)}</Command>
      <Arguments>${xmlText(args.map(argument).join(" "))}</Arguments>
      <WorkingDirectory>${xmlText(directory)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
}

/** A word as C programs read their command line. https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments */
function argument(text: string): string {
  if (/^[^\s"]+$/.test(text)) return text;
  const inner = text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, "$&$&");
  return `"${inner}"`;
}

/** With its mark, as the Task Scheduler writes its own files and wants those that it reads. */
function utf16(text: string): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 + text.length * 2));
  bytes.setUint16(0, 0xfeff, true);
  for (let at = 0; at < text.length; at++) bytes.setUint16(2 + at * 2, text.charCodeAt(at), true);
  return new Uint8Array(bytes.buffer);
}

function notesOf(): readonly string[] {
  return [
    "Run the commands in a console that was started as administrator.",
    "Windows ends a task without a word: to stop it (schtasks /end /tn llm-proxy) cuts responses under " +
    "way. Where they must end in order, run the same command line under WinSW, which presses Ctrl-C.",
    "The configuration is read again whenever it is saved.",
  ];
}
