/** Puts a route out of use, and back. */
import type { RouteView } from "../now_view.ts";
import { act, useStore } from "./store.ts";

export function RouteButton({ route }: { readonly route: RouteView }) {
  const store = useStore();
  const { say } = store;
  const { backend, model, isOutOfUse } = route;
  const turn = () => {
    const done = say(isOutOfUse ? "isOn" : "isOff", { route: `${backend} (${model})` });
    const path = isOutOfUse ? "/api/routes/on" : "/api/routes/off";
    act(store, { path, body: { backend, model }, done });
  };
  return (
    <button
      type="button"
      class="small"
      title={say(isOutOfUse ? "putOnHelp" : "putOffHelp")}
      onClick={turn}
    >
      {say(isOutOfUse ? "putOn" : "putOff")}
    </button>
  );
}
