/** What somebody should know whatever page is open. */
import { useStore } from "./store.ts";

export function Banner() {
  const { say, now } = useStore();
  if (now.value?.isDraining) return <p class="banner warn" role="alert">{say("draining")}</p>;
  if ((now.value?.reload.problems.length ?? 0) === 0) return null;
  return (
    <p class="banner bad" role="alert">
      {say("reloadFailed")} <a href="#/configuration">{say("showErrors")}</a>
    </p>
  );
}
