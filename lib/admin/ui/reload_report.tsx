/** The last time the configuration was read: when, and what is wrong with it, line by line. */
import type { Problem } from "../../config/problem.ts";
import type { ConfigView } from "../config_view.ts";
import { ago, instant } from "./format.ts";
import { useStore } from "./store.ts";

export function ReloadReport({ view }: { readonly view: ConfigView }) {
  const { say, proxyMs } = useStore();
  const { reload: { atMs, problems }, warnings } = view;
  const isOk = problems.length === 0;
  return (
    <section class="card">
      <header>
        <h2>{say("lastReload")}</h2>
        <span class="muted" title={instant(atMs)}>
          {ago(Math.max(0, proxyMs.value - atMs), say)}
        </span>
      </header>
      <p class={isOk ? "ok" : "bad"}>
        {isOk ? say("reloadOk") : say("reloadErrors", { n: problems.length })}
      </p>
      {!isOk && (
        <ul class="problems">
          {problems.map((problem, index) => <ProblemLine key={index} problem={problem} />)}
        </ul>
      )}
      {warnings.length > 0 && (
        <>
          <h3>{say("warnings")}</h3>
          <ul class="problems">
            {warnings.map((line) => <li key={line} class="name">{line}</li>)}
          </ul>
        </>
      )}
    </section>
  );
}

function ProblemLine({ problem }: { readonly problem: Problem }) {
  const { file, line, column, path, message } = problem;
  return (
    <li>
      <code class="muted name">{file.replace(/^.*[/\\]/, "")}:{line}:{column}</code>{" "}
      {path !== "" && <code class="name">{path}</code>} <span class="name">{message}</span>
    </li>
  );
}
