/** The dashboard. Bundled by `deno task ui`; runs in a browser. */
import { render } from "preact";
import { App } from "./app.tsx";
import { browserWorld } from "./browser_world.ts";
import { listenToKeys } from "./keys.ts";
import { follow } from "./live.ts";
import { createStore, failed, keep, placeOf, StoreContext } from "./store.ts";

const store = createStore();

store.theme.subscribe((theme) => {
  document.documentElement.dataset.theme = theme;
  keep("theme", theme);
});
store.language.subscribe((language) => {
  document.documentElement.lang = language;
  keep("language", language);
});
addEventListener("hashchange", () => {
  store.place.value = placeOf(location.hash);
  scrollTo(0, 0);
});
listenToKeys(store);
setInterval(() => store.clockMs.value = Date.now(), 1_000);
follow(store, browserWorld((cause) => failed(store, cause)));

const root = document.getElementById("app");
if (root !== null) {
  render(
    <StoreContext.Provider value={store}>
      <App />
    </StoreContext.Provider>,
    root,
  );
}
