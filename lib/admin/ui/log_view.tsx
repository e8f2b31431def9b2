/** A request's log: heads and bodies of both sides and of every attempt that failed. */
import type { LoggedSection, RequestLog } from "../../record/parse_request_log.ts";
import { BodyView } from "./body_view.tsx";

export function LogView({ log }: { readonly log: RequestLog }) {
  const shown = log.sections.filter(({ title, lines, body }, index) => {
    return index > 0 && (title !== "" || body !== undefined || lines.some((line) => line !== ""));
  });
  return <>{shown.map((section, index) => <Section key={index} section={section} />)}</>;
}

function Section({ section }: { readonly section: LoggedSection }) {
  const { title, lines, body } = section;
  return (
    <section class="card log">
      <h2 class="name">{title}</h2>
      {body === undefined
        ? <pre class="lines">{lines.join("\n").trim()}</pre>
        : <BodyView body={body} isStream={isStream(title, body.text)} />}
    </section>
  );
}

/** By how it begins: what is cut has no end to tell by. */
function isStream(title: string, text: string): boolean {
  return title !== "request body" && /^\uFEFF?(?:event|data|id|retry|:)[^\n]*(?:\n|$)/.test(text);
}
