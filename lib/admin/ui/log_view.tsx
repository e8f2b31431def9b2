/** A request's log: heads and bodies of both sides and of every attempt that failed. */
import type { LoggedSection, RequestLog } from "../../record/parse_request_log.ts";
import { BodyView } from "./body_view.tsx";

export function LogView({ log }: { readonly log: RequestLog }) {
  return (
    <>
      {cardsOf(log).map((sections, index) => (
        <section key={index} class="card log">
          {sections.map((section, at) => <Section key={at} section={section} />)}
        </section>
      ))}
    </>
  );
}

/** A body stands with the head or the attempt before it. The opening is shown above already. */
function cardsOf({ sections }: RequestLog): readonly (readonly LoggedSection[])[] {
  const cards: LoggedSection[][] = [];
  for (const section of sections.slice(1)) {
    if (section.title === "" && section.body === undefined) continue;
    if (section.body !== undefined && cards.length > 0) cards.at(-1)?.push(section);
    else cards.push([section]);
  }
  return cards;
}

function Section({ section }: { readonly section: LoggedSection }) {
  const { title, lines, body } = section;
  return (
    <>
      <h2 class="name">{title}</h2>
      {body === undefined
        ? <pre class="lines">{lines.join("\n").trim()}</pre>
        : <BodyView body={body} isStream={isStream(title, body.text)} />}
    </>
  );
}

/** By how it begins: what is cut has no end to tell by. */
function isStream(title: string, text: string): boolean {
  return title !== "request body" && /^\uFEFF?(?:event|data|id|retry|:)[^\n]*(?:\n|$)/.test(text);
}
