/** What is cooling: why, how long still, and a button to end it. */
import type { CooldownView } from "../cooldown_view.ts";
import type { NowView } from "../now_view.ts";
import { Empty } from "./empty.tsx";
import { clock } from "./format.ts";
import { act, useStore } from "./store.ts";

export function CooldownsPanel({ view }: { readonly view: NowView }) {
  const store = useStore();
  const { say } = store;
  const { cooldowns, moreCooldowns } = view;
  const clearAll = () => {
    act(store, { path: "/api/cooldowns/clear", body: { all: true }, done: say("cleared") });
  };
  return (
    <section class="card cooldowns">
      <header>
        <h2>{say("cooldowns")}</h2>
        {cooldowns.length > 1 &&
          <button type="button" class="small" onClick={clearAll}>{say("clearAll")}</button>}
      </header>
      {cooldowns.length === 0
        ? <Empty title={say("noCooldowns")} help={say("noCooldownsHelp")} />
        : <ul>{cooldowns.map((each) => <Cooling key={each.id} cooldown={each} />)}</ul>}
      {moreCooldowns > 0 && <p class="muted">{say("moreCooldowns", { count: moreCooldowns })}</p>}
    </section>
  );
}

function Cooling({ cooldown }: { readonly cooldown: CooldownView }) {
  const store = useStore();
  const { say } = store;
  const { id, scope, backend, model, key, rule, reason, length, remainingMs } = cooldown;
  const clear = () => {
    act(store, { path: "/api/cooldowns/clear", body: { id }, done: say("cleared") });
  };
  return (
    <li>
      <div class="grow">
        <div class="what">
          <strong class="name">{backend}</strong> <span class="name">{model}{key}</span>
          <span class="tag">{say(`scope_${scope}`)}</span>
        </div>
        <div class="why" title={`${reason}; ${length}`}>
          <span class={remainingMs > 0 ? "bad" : "warn"}>
            {remainingMs > 0 ? say("another", { time: clock(remainingMs) }) : say("nextTries")}
          </span>
          <span class="muted name">{rule}: {reason}; {length}</span>
        </div>
      </div>
      <button type="button" class="small" title={say("clearHelp")} onClick={clear}>
        {say("clear")}
      </button>
    </li>
  );
}
